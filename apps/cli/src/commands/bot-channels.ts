import { styleText } from 'node:util'
import type { BotContract } from '@botbus/bridge'
import type { Message } from '@botbus/core'
import type { Command } from 'commander'
import { readLevel } from '../arguments/log-level.ts'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { escapeEntry, escapeLine, safeJson } from '../output/escape.ts'
import { isoTime } from '../output/time.ts'
import { withSession } from '../session.ts'
import { addStreamOptions, printStream, type StreamOptions } from './stream.ts'

interface ChannelOptions extends GlobalOptions, StreamOptions {
  follow?: boolean
  /** Number of the lowest level that is shown. */
  level?: number
}

type Data = Readonly<Record<string, unknown>>

/** One channel of a bot, as a command. */
interface Channel {
  readonly name: 'log' | 'events' | 'notify'
  accepts?(data: Data, options: ChannelOptions): boolean
  toText(data: Data): string
}

/** Bots keep no history of these on the broker. */
const DEFAULT_WAIT = 5_000
const NOTE =
  'Without an id: of all bots. Bots send these once and keep none on the broker, so there is nothing older to show:\n' +
  'without -f or --count the command listens for 5 s (or --wait).'

const LOG: Channel = {
  name: 'log',
  accepts: ({ level_no: level }, { level: lowest }) => lowest === undefined || Number(level) >= lowest,
  toText: ({ level_name: level, level_no: number, logger_name: logger, msg }) =>
    `${colour(Number(number), escapeLine(String(level)).padEnd(8))} ${escapeLine(String(logger))}: ${escapeEntry(String(msg))}`,
}

const EVENTS: Channel = { name: 'events', toText: ({ type, data }) => `${escapeLine(String(type))}  ${safeJson(data)}` }

const NOTIFY: Channel = { name: 'notify', toText: ({ msg }) => escapeEntry(String(msg)) }

export function addChannels(parent: Command): void {
  const logs = addChannel(parent.command('logs').description('Print the log of a bot'), LOG)
  logs.option('--level <level>', 'the lowest level to show: DEBUG, INFO, WARNING, ERROR or CRITICAL', readLevel)
  withExamples(
    logs,
    ['botbus bot logs alpha -f', 'botbus bot logs -f --level WARNING', 'botbus bot logs alpha --count 10 -o json'],
    NOTE,
  )
  const events = addChannel(
    parent.command('events').description('Print the events of a bot: orders, fills, ...'),
    EVENTS,
  )
  withExamples(events, ['botbus bot events alpha -f', 'botbus bot events -f -o ndjson | jq .data.type'], NOTE)
  const notify = addChannel(parent.command('notify').description('Print the notifications of a bot'), NOTIFY)
  withExamples(notify, ['botbus bot notify alpha -f', 'botbus bot notify --wait 1m'], NOTE)
}

function addChannel(command: Command, channel: Channel): Command {
  command.argument('[id]').option('-f, --follow', 'go on until Ctrl-C')
  return addStreamOptions(command).action((id: string | undefined, _: unknown, self: Command) =>
    print(channel, id, self.optsWithGlobals()),
  )
}

async function print(channel: Channel, id: string | undefined, options: ChannelOptions): Promise<void> {
  const { botContract } = await import('@botbus/bridge')
  const endsByItself = options.follow || options.count !== undefined
  const until = endsByItself ? options : { ...options, wait: options.wait ?? DEFAULT_WAIT }
  await withSession(options, 'stream', async (session) => {
    // Each channel has its own message type; here they are read by name.
    const contract = botContract(session.namespace).channels[channel.name] as BotContract['channels']['events']
    await printStream(session, until, {
      name: `${channel.name} of ${id ?? 'all bots'}`,
      open: (signal) => session.bus.messages(contract, { bot: id ?? '+' }, { signal }),
      accepts: ({ data }) => channel.accepts?.(data, options) ?? true,
      toValue: ({ topic, params, retained, data }) => ({ bot: params['bot'], topic, retained, data }),
      toText: (message) => `${prefix(message, id === undefined)}${channel.toText(message.data)}`,
    })
  })
}

function prefix({ data, params, retained }: Message<Data>, namesBot: boolean): string {
  const time = isoTime(data['timestamp'])
  const bot = namesBot ? `${escapeLine(params['bot'] ?? '')}  ` : ''
  return `${time === '' ? '' : `${time}  `}${bot}${retained ? '(retained) ' : ''}`
}

function colour(level: number, text: string): string {
  const options = { stream: process.stdout }
  if (level >= 40) return styleText('red', text, options)
  if (level >= 30) return styleText('yellow', text, options)
  return level >= 20 ? text : styleText('dim', text, options)
}

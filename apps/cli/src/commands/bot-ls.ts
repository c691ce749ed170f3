import type { BotDirectory, BotPresence } from '@botbus/bridge'
import { type Command, Option } from 'commander'
import { formatDuration, parseDuration } from '../arguments/duration.ts'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { escapeLine } from '../output/escape.ts'
import { say } from '../output/messages.ts'
import { showProgress } from '../output/progress.ts'
import { renderTable } from '../output/table.ts'
import { type Session, withSession } from '../session.ts'

interface ListOptions extends GlobalOptions {
  /** Milliseconds. */
  wait: number
  watch?: boolean
}

/** A bot sends a heartbeat every 10 s. */
const DEFAULT_WAIT = 11_000
const HEADINGS = ['ID', 'HEALTH', 'HEARTBEAT', 'INSTANCE']
const CLEAR_SCREEN = '\u001b[H\u001b[2J\u001b[3J'

export function addList(parent: Command): void {
  const command = parent
    .command('ls')
    .description('List the bots that are alive')
    .addOption(
      new Option('--wait <duration>', 'how long to listen for heartbeats')
        .argParser(parseDuration)
        .default(DEFAULT_WAIT, formatDuration(DEFAULT_WAIT)),
    )
    .option('--watch', 'go on, and print every change')
    .action((_: unknown, self: Command) => list(self.optsWithGlobals()))
  withExamples(
    command,
    [
      'botbus bot ls',
      'botbus bot ls --wait 3s -o json',
      'botbus bot ls --watch',
      'botbus bot ls -o ndjson | jq -r .id',
    ],
    'Bots send a heartbeat every 10 s, and only that shows that they live: the list takes 11 s to be complete.\n' +
      'On a terminal their names are shown as they are heard.\n' +
      'HEALTH is online, late (no heartbeat for 20 s), stale (30 s), offline (it said goodbye) or conflict (two bots\n' +
      'use one id). No bot at all is an empty list and exit code 0.',
  )
}

async function list(options: ListOptions): Promise<void> {
  await withSession(options, options.watch ? 'stream' : 'answer', async (session) => {
    const { discoverBots } = await import('@botbus/bridge')
    const { bus, namespace, signal } = session
    const directory = await discoverBots(bus, { namespace, signal })
    try {
      await (options.watch ? watch(session, directory) : listOnce(session, directory, options.wait))
    } finally {
      await directory.close()
    }
  })
}

async function listOnce({ output, namespace, signal }: Session, directory: BotDirectory, wait: number): Promise<void> {
  const endProgress = showProgress(
    (seconds) => `listening for heartbeats … ${seconds} of ${formatDuration(wait)}, ${heard(directory.bots)}`,
  )
  try {
    await untilAborted(AbortSignal.any([signal, AbortSignal.timeout(wait)]))
  } finally {
    endProgress()
  }
  signal.throwIfAborted()
  const { bots } = directory
  if (bots.length === 0) say(`no bot was heard on ${namespace}/+/hb within ${formatDuration(wait)}`)
  await output.printList(bots.map(toValue), () => (bots.length === 0 ? '' : toTable(bots)))
}

/** Names the bots, so that one sees them as they are heard. */
function heard(bots: readonly BotPresence[]): string {
  const names = bots.map(({ id }) => id).join(', ')
  return `${bots.length} heard${names === '' ? '' : `: ${names}`}`
}

/** A terminal shows the whole list as it is now; elsewhere each change is one entry. */
async function watch(session: Session, directory: BotDirectory): Promise<void> {
  const { output, signal } = session
  const redraws = output.format === 'table' && process.stdout.isTTY === true
  const { promise: failed, reject } = Promise.withResolvers<never>()
  const show = (bot?: BotPresence): void => {
    const printed = redraws
      ? output.printRaw(`${CLEAR_SCREEN}${toTable(directory.bots)}\n`)
      : bot && output.print(toValue(bot), () => row(bot).map(escapeLine).join('  '))
    printed?.catch(reject)
  }
  if (!redraws) say('watching; every change is printed')
  const stop = directory.onChange(show)
  const timer = redraws ? setInterval(show, 1_000) : undefined
  try {
    if (redraws) show()
    // Those that were heard before we listened for changes.
    else for (const bot of directory.bots) show(bot)
    await Promise.race([untilAborted(signal), failed])
  } finally {
    stop()
    clearInterval(timer)
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function toValue({ id, health, lastSeen, instance }: BotPresence): Record<string, unknown> {
  return { id, health, lastSeen: new Date(lastSeen).toISOString(), ...(instance === undefined ? {} : { instance }) }
}

function toTable(bots: readonly BotPresence[]): string {
  return renderTable(HEADINGS, bots.map(row))
}

function row({ id, health, lastSeen, instance }: BotPresence): string[] {
  return [id, health, `${formatDuration(Date.now() - lastSeen)} ago`, instance ?? '']
}

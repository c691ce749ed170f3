import { readFileSync } from 'node:fs'
import { CommandError } from '@botbus/bridge'
import { BotbusError, messageOf } from '@botbus/core'
import { CommanderError } from 'commander'
import type { PaperBot } from '../paper-bot.ts'
import { Connection } from './connection.ts'
import { Console } from './console.ts'
import { makeBot } from './make-bot.ts'
import { type ProgramOptions, readOptions } from './options.ts'
import { stopSignal } from './signals.ts'

const EXIT = { ok: 0, error: 1, usage: 4 } as const

/** Runs the program until `exit` or a signal ends it. Resolves to the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    await runBot(readOptions(argv, version()))
    return EXIT.ok
  } catch (error) {
    // Commander has printed its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    say(
      `botbus-paper-bot: ${isExpected(error) ? error.message : error instanceof Error ? error.stack : messageOf(error)}`,
    )
    return isExpected(error) && !isFailure(error) ? EXIT.usage : EXIT.error
  }
}

function isExpected(error: unknown): error is BotbusError | CommandError {
  return BotbusError.is(error) || error instanceof CommandError
}

/** True for what went wrong although options and configuration are right. */
function isFailure(error: BotbusError | CommandError): boolean {
  return BotbusError.is(error) && error.code !== 'INVALID_ARGUMENT' && error.code !== 'INVALID_PAYLOAD'
}

async function runBot(options: ProgramOptions): Promise<void> {
  const { bot, config } = await makeBot(options)
  const connection = new Connection({ bot, config, say })
  const ending = Promise.withResolvers<void>()
  const lines = new Console({ input: process.stdin, bot, connection, say: tell, exit: ending.resolve })
  const stopped = Promise.race([stopSignal(), ending.promise])
  try {
    await startStrategy(bot, options)
    await Promise.race([stopped, announce(bot, connection)])
    await stopped
  } finally {
    lines.close()
    // Orders are cancelled first: their events are to reach the broker.
    bot.close()
    await connection.close()
  }
}

async function startStrategy(bot: PaperBot, { strategy, start }: ProgramOptions): Promise<void> {
  if (strategy) await bot.import({ strategy })
  if (!start) return
  const request = {
    log_level: null,
    restore: false,
    script: null,
    conf: null,
    is_quickstart: false,
    async_backend: true,
  }
  await bot.start(request, { signal: new AbortController().signal })
}

/** Connects, where the bridge is to start by itself, and says so on standard output. */
async function announce(bot: PaperBot, connection: Connection): Promise<void> {
  const { id, bridge } = bot.settings
  if (!bridge.autostart) return tell(`ready: bot ${id}; the bridge is not started, type mqtt_start`)
  try {
    await connection.open()
  } catch (error) {
    // `mqtt_stop` or the end came while it waited.
    if (BotbusError.is(error) && error.code === 'CANCELLED') return
    throw error
  }
  tell(`ready: bot ${id} on ${connection.url}`)
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

function version(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version
}

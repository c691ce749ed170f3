import { type BotPublisher, pinoDestination } from '@botbus/bridge'
import { type Logger, multistream, pino } from 'pino'

/** JSON lines on standard error, or readable ones on a terminal; each record also goes to the bot's `log` channel. */
export function makeLogger(output: NodeJS.WriteStream, publisher: Pick<BotPublisher, 'log'>): Logger {
  const shown = output.isTTY ? { write: (line: string) => output.write(readable(line)) } : output
  // The logger's own level decides.
  const streams = [shown, pinoDestination(publisher)].map((stream) => ({ stream, level: 'trace' as const }))
  return pino({ base: null }, multistream(streams))
}

const NAMES: Readonly<Record<number, string>> = { 20: 'DEBUG', 30: 'INFO', 40: 'WARNING', 50: 'ERROR', 60: 'CRITICAL' }

function readable(line: string): string {
  const { time, level, name, msg, err } = JSON.parse(line) as {
    time: number
    level: number
    name?: string
    msg?: string
    err?: { stack?: string }
  }
  const clock = new Date(time).toISOString().slice(11, 19)
  const text = printable([msg, err?.stack].filter(Boolean).join('\n'))
  return `${clock} ${NAMES[level] ?? level} ${name ?? 'paper-bot'}: ${text}\n`
}

/** Texts may hold what came from the network. Control characters and direction marks would rule the terminal: they are shown. */
function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
}

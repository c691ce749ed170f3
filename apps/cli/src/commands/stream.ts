import type { Message, MessageStream } from '@botbus/core'
import type { Command } from 'commander'
import { formatDuration, parseDuration } from '../arguments/duration.ts'
import { integerFrom } from '../arguments/numbers.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { say } from '../output/messages.ts'
import type { Session } from '../session.ts'

/** When a command that prints messages ends by itself. */
export interface StreamOptions {
  count?: number
  /** Milliseconds. */
  wait?: number
}

export function addStreamOptions(command: Command): Command {
  return command
    .option('-n, --count <number>', 'end after so many messages', integerFrom('--count', 1))
    .option('--wait <duration>', 'end after that time; exit code 5 when --count was not reached', parseDuration)
}

/** How the messages of one command are received and printed. */
export interface StreamSource<Data> {
  /** For messages. */
  name: string
  open(signal: AbortSignal): MessageStream<Data>
  /** Which messages are printed and counted. Default: all. */
  accepts?(message: Message<Data>): boolean
  toValue(message: Message<Data>): unknown
  toText(message: Message<Data>): string
}

/** Prints messages until the count is reached, the time is over or the user has had enough. */
export async function printStream<Data>(
  session: Session,
  options: StreamOptions,
  source: StreamSource<Data>,
): Promise<void> {
  const time = options.wait === undefined ? undefined : AbortSignal.timeout(options.wait)
  const messages = source.open(time ? AbortSignal.any([session.signal, time]) : session.signal)
  await messages.ready
  say(`listening to ${source.name}`)
  let printed = 0
  for await (const message of messages) {
    if (source.accepts?.(message) === false) continue
    await session.output.print(source.toValue(message), () => source.toText(message))
    if (++printed === options.count) return
  }
  if (options.count !== undefined && time?.aborted) {
    throw new Failure(
      EXIT.timeout,
      `${printed} of ${options.count} messages arrived within ${formatDuration(options.wait ?? 0)}`,
    )
  }
}

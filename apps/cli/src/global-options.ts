import { type Command, Option } from 'commander'
import { parseDuration } from './arguments/duration.ts'
import { FORMATS, type Format } from './output/output.ts'

/** What every command understands. */
export interface GlobalOptions {
  output?: Format
  url?: string
  /** Milliseconds. */
  timeout?: number
  namespace?: string
  config?: string
}

export function addGlobalOptions(program: Command): void {
  program
    .addOption(
      new Option(
        '-o, --output <format>',
        'how to print; default: table on a terminal, elsewhere json for an answer and ndjson for a stream',
      ).choices(FORMATS),
    )
    .option(
      '--url <url>',
      'broker: mqtt://, amqp://, redis:// or kafka://, without a password (env: BOTBUS_BROKER, BOTBUS_BROKER_PASSWORD)',
    )
    .option('--timeout <duration>', 'how long to wait for an answer: 500ms, 5s, 1m (default: 35s)', parseDuration)
    .option('--namespace <name>', 'first level of all topics of bots (default: hbot)')
    .option('--config <file>', 'configuration file (default: botbus.config.yaml, if there is one)')
}

import { Command, InvalidArgumentError } from 'commander'

export interface ProgramOptions {
  readonly id?: string
  readonly broker?: string
  readonly config?: string
  readonly hummingbotConf?: string
  readonly strategies?: string
  readonly data?: string
  readonly strategy?: string
  readonly start?: boolean
  readonly feed: string
  readonly pair: string
  readonly seed: string
  readonly speed: number
  readonly logLevel?: string
}

const EXAMPLES = `
Examples:
  botbus-paper-bot --id alpha --start --strategy conf_pure_mm_1
  botbus-paper-bot --id beta --broker mqtt://127.0.0.1:1883 --pair ETH-USDT --seed 7 --data ./beta
  botbus-paper-bot --id beta --broker amqp://127.0.0.1:5672
  botbus-paper-bot --id gamma --feed replay:btc-2026.csv --pair BTC-USDT --speed 60 --start --strategy conf_trend_1
  botbus-paper-bot --hummingbot-conf conf/conf_client.yml --strategies conf/strategies

On standard input: mqtt_start and mqtt_stop (the bridge, whatever the broker is), exit, and the commands import, start, stop,
status, history, config and balance.
SIGINT or SIGTERM cancels orders, says goodbye and ends with 0. Exit codes: 0 ok, 1 error, 4 wrong option or configuration,
130 at a second signal.
`

/** Reads the command line. Throws commander's error when it is wrong, or after it has printed help or version. */
export function readOptions(argv: readonly string[], version: string): ProgramOptions {
  const program = new Command('botbus-paper-bot')
    .description('A trading bot on paper money that runs the Botbus bridge.')
    .version(version, '-V, --version', 'print the version')
    .option('--id <id>', 'the id of the bot (default: bridge.id of the configuration)')
    .option(
      '--broker <url>',
      'mqtt://, amqp://, redis:// or kafka://, without a password (env: BOTBUS_BROKER, BOTBUS_BROKER_PASSWORD)',
    )
    .option('--config <file>', 'configuration file (default: botbus.config.yaml, if there is one)')
    .option(
      '--hummingbot-conf <file>',
      'a conf_client.yml, taken as it is: id, mqtt_bridge, balances, limits, shortcuts',
    )
    .option('--strategies <folder>', 'strategy files that import finds before the examples')
    .option('--data <folder>', 'keep trades and changed settings there (default: memory only)')
    .option('--strategy <name>', 'import this strategy')
    .option('--start', 'start the imported strategy at once')
    .option('--feed <feed>', 'simulated, replay:FILE or live:EXCHANGE', 'simulated')
    .option('--pair <pair>', 'market of strategies and orders that name none', 'BTC-USDT')
    .option('--seed <text>', 'seed of the simulated feed', '1')
    .option('--speed <factor>', 'of the replay: 60 plays an hour in a minute', readSpeed, 1)
    .option('--log-level <level>', 'DEBUG, INFO, WARNING, ERROR or CRITICAL (default: INFO)')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .configureOutput({ writeOut: printHelp })
    .showHelpAfterError('(--help shows what is accepted)')
    .exitOverride()
  return program.parse(argv).opts<ProgramOptions>()
}

/** A reader that leaves before the end, as `| head` does, is no failure. */
function printHelp(text: string): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  process.stdout.write(text)
}

function readSpeed(text: string): number {
  const speed = Number(text)
  if (!(speed > 0 && Number.isFinite(speed))) throw new InvalidArgumentError('Expected a number greater than 0.')
  return speed
}

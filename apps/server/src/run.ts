import { parseArgs } from 'node:util'
import { type BotbusConfig, loadConfig } from '@botbus/config'
import { BotbusError, messageOf } from '@botbus/core'
import { withDemo } from './demo.ts'
import { createLogger } from './log.ts'
import { type Server, startServer } from './server.ts'
import { watchConfig } from './watch-config.ts'

const HELP = `Usage: botbus-server [--config FILE] [--port PORT] [--demo]

Runs the plugins that the configuration names, with HTTP on 127.0.0.1:8080. Where it names no broker, also an MQTT broker on
this machine (127.0.0.1), in memory, without a password.

  --config FILE   read this file (default: botbus.config.yaml, .yml, .json or .ts here, if there is one)
  --port PORT     the embedded broker listens on this port (default: BOTBUS_PORT, "port" of the file, or 1883)
  --demo          where the configuration names no plugin: TradingView alerts for the bot alpha, with BOTBUS_DEMO_SECRET
  --help          show this text

Examples:
  botbus-server
  BOTBUS_HTTP_PORT=8081 BOTBUS_PORT=1884 botbus-server

A changed file is read again at once, and at SIGHUP. SIGINT or SIGTERM ends it with exit code 0. Exit codes: 0 ok, 1 error,
4 wrong option, configuration or port taken.
`

/** Runs the program until a signal ends it. Resolves to the exit code. */
export async function run(args: string[]): Promise<number> {
  const stop = stopSignal()
  try {
    const options = readOptions(args)
    if (options.help) {
      process.stdout.write(HELP)
      return 0
    }
    const load = async (): Promise<BotbusConfig> => {
      const config = await loadConfig({ file: options.config, overrides: { port: options.port } })
      return options.demo ? withDemo(config) : config
    }
    const config = await load()
    const logger = createLogger()
    await using server = await startServer(config, { logger, signal: stop })
    report(server, config)
    using _ = watchConfig({ file: config.file, load, apply: (next) => server.reload(next), logger })
    await aborted(stop)
    return 0
  } catch (error) {
    if (stop.aborted && BotbusError.is(error) && error.code === 'CANCELLED') return 0
    process.stderr.write(`botbus-server: ${messageOf(error)}\n`)
    return BotbusError.is(error) && error.code === 'INVALID_ARGUMENT' ? 4 : 1
  }
}

function readOptions(args: string[]): {
  config: string | undefined
  port: number | undefined
  demo: boolean
  help: boolean
} {
  try {
    const { values } = parseArgs({
      args,
      options: {
        config: { type: 'string' },
        port: { type: 'string' },
        demo: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    // Not a number becomes NaN, which the schema of the configuration refuses by name.
    const port = values.port === undefined ? undefined : Number(values.port)
    return { config: values.config, port, demo: values.demo ?? false, help: values.help ?? false }
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `${messageOf(cause)}; try --help`, { cause })
  }
}

/** The set-up token goes to the terminal only, once. */
function report({ url, brokerUrl, setupToken }: Server, config: BotbusConfig): void {
  const broker = brokerUrl === undefined ? `broker ${config.broker.url}` : `MQTT broker on ${brokerUrl}`
  if (setupToken !== undefined) process.stdout.write(`set-up token for the first user: ${setupToken}\n`)
  process.stdout.write(`ready: HTTP on ${url}, ${broker}\n`)
}

/** Aborted at the first signal. Later ones change nothing: npm repeats a Ctrl-C. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort())
  return controller.signal
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

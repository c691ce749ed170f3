import { parseArgs } from 'node:util'
import { loadConfig } from '@botbus/config'
import { BotbusError, messageOf } from '@botbus/core'
import { startEmbeddedBroker } from './embedded-broker.ts'

const HELP = `Usage: botbus-server [--config FILE] [--port PORT]

Runs the MQTT broker of Botbus on this machine (127.0.0.1), in memory, without a password.

  --config FILE   read this file (default: botbus.config.yaml, .yml, .json or .ts here, if there is one)
  --port PORT     listen on this port (default: BOTBUS_PORT, "port" of the file, or 1883)
  --help          show this text

Examples:
  botbus-server
  BOTBUS_PORT=1884 botbus-server

SIGINT or SIGTERM ends it with exit code 0. Exit codes: 0 ok, 1 error, 4 wrong option, configuration or port taken.
`

/** Runs the program until a signal ends it. Resolves to the exit code. */
export async function run(args: string[]): Promise<number> {
  try {
    const options = readOptions(args)
    if (options.help) {
      process.stdout.write(HELP)
      return 0
    }
    const { port } = await loadConfig({ file: options.config, overrides: { port: options.port } })
    const stopped = stopSignal()
    const broker = await startEmbeddedBroker({ port, onClientError: reportClient })
    process.stdout.write(`ready: MQTT broker on ${broker.url}\n`)
    await stopped
    await broker.close()
    return 0
  } catch (error) {
    process.stderr.write(`botbus-server: ${messageOf(error)}\n`)
    return BotbusError.is(error) && error.code === 'INVALID_ARGUMENT' ? 4 : 1
  }
}

function readOptions(args: string[]): { config: string | undefined; port: number | undefined; help: boolean } {
  try {
    const { values } = parseArgs({
      args,
      options: { config: { type: 'string' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
    // Not a number becomes NaN, which the schema of the configuration refuses by name.
    const port = values.port === undefined ? undefined : Number(values.port)
    return { config: values.config, port, help: values.help ?? false }
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `${messageOf(cause)}; try --help`, { cause })
  }
}

/** Resolves at the first signal. Later ones change nothing: npm repeats a Ctrl-C, and closing takes no time. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
}

/** At most one line a second: a client in a loop must not fill the log. */
let quietUntil = 0
function reportClient(error: Error, client: string): void {
  if (Date.now() < quietUntil) return
  quietUntil = Date.now() + 1_000
  process.stderr.write(`warning: cut ${JSON.stringify(client.slice(0, 100))}: ${error.message}\n`)
}

// `npm start`: the server with an MQTT broker in it and two paper bots, until Ctrl-C. Runs what was built; under
// `node --conditions=@botbus/source scripts/start.mjs` it runs the TypeScript sources instead (Node 22.18 or later).
import { checkBrokerPort, checkHttpPort, PortError } from './start/check-port.mjs'
import { demoOf, httpUrl } from './start/demo.mjs'
import { HELP, readOptions, UsageError } from './start/options.mjs'
import { loadConfig, paperBots, server as serverProgram } from './start/programs.mjs'
import { firstScreen } from './start/screen.mjs'
import { onStopSignal } from './start/signals.mjs'
import { Supervisor } from './start/supervisor.mjs'

/** As the exit code of the command line. */
const USAGE = 4

process.exitCode = await main(process.argv.slice(2))

async function main(args) {
  let plan
  try {
    const options = readOptions(args)
    if (options.help) {
      process.stdout.write(HELP)
      return 0
    }
    plan = await makePlan(options)
  } catch (error) {
    // Expected ones explain themselves; of any other the stack is wanted.
    const isUsage = error instanceof UsageError || error.code === 'INVALID_ARGUMENT'
    const isExpected = isUsage || error instanceof PortError || error.name === 'BotbusError'
    process.stderr.write(`botbus: ${isExpected ? error.message : error.stack}\n`)
    return isUsage ? USAGE : 1
  }
  return run(plan)
}

async function makePlan({ broker: url }) {
  const config = await loadConfig({ overrides: { broker: url } })
  const { broker, http } = config
  if (broker.url.startsWith('memory:')) {
    throw new UsageError(
      `${broker.url} lives in one process, and the bots run in processes of their own: use embedded:, mqtt://, amqp://, redis:// or kafka://`,
    )
  }
  const embedded = broker.url.startsWith('embedded:')
  const common = { embedded, flag: url, http: httpUrl(http), demo: demoOf(config) }
  const port = Number(broker.url.slice('embedded:'.length))
  if (embedded) await checkBrokerPort(port)
  await checkHttpPort(http)
  return embedded ? { ...common, url: `mqtt://127.0.0.1:${port}`, port } : { ...common, url: broker.url }
}

async function run(plan) {
  const supervisor = new Supervisor()
  const stopped = onStopSignal(() => supervisor.kill())
  const bots = paperBots(plan)
  const started = (async () => {
    // Stopped in the reverse order: the bots say goodbye while the broker still runs.
    await supervisor.start([serverProgram(plan)])
    await supervisor.start(bots)
    process.stdout.write(firstScreen(plan, bots))
    return new Promise(() => {})
  })()
  const reason = await Promise.race([stopped, supervisor.failed, started])
  if (reason.failure) process.stderr.write(`${reason.failure}\n`)
  else process.stdout.write('\nStopping...\n')
  const clean = await supervisor.stop()
  return reason.failure || !clean ? 1 : 0
}

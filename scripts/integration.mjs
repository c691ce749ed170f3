// Integration tests: brokers up, vitest, brokers down, also after a failure and on Ctrl-C. Arguments go to vitest.
import { startBrokers, stopBrokers } from './broker/brokers.mjs'
import { runCommand } from './gate/command.mjs'
import { conformanceReporter } from './gate/steps.mjs'
import { ensurePython } from './python.mjs'

const given = process.argv.slice(2)
const hasReporter = given.some((argument) => argument.startsWith('--reporter'))
const options = hasReporter ? given : ['--reporter=default', conformanceReporter, ...given]

const ignored = () => undefined
// Whoever interrupts us gets the brokers taken down first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, ignored)

let code = 1
let started = []
try {
  // Some tests start the programs as their users do.
  code = (await runCommand(['turbo', 'run', 'build', '--output-logs=errors-only'], { TURBO_TELEMETRY_DISABLED: '1' }))
    .code
  if (code !== 0) throw new Error('the packages cannot be built')
  await ensurePython()
  started = await startBrokers()
  const urls = Object.fromEntries(started.map(({ variable, url }) => [variable, url]))
  const result = await runCommand(['vitest', 'run', '--project', 'integration', ...options], urls)
  code = result.code
} catch (error) {
  console.error(`integration: ${error.message}`)
  code ||= 1
} finally {
  // Those that ran before we came stay.
  await stopBrokers(started.filter(({ isNew }) => isNew).map(({ name }) => name))
}
process.exitCode = code

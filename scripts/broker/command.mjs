// The commands of scripts/brokers: the brokers that integration tests read from BOTBUS_TEST_* variables.
// `up` prints one line per broker on stdout (NAME=url); everything else goes to stderr.
import { brokerStatus, startBrokers, stopBrokers } from './brokers.mjs'

const usage = `usage: scripts/brokers up|down|status

  up      starts what is missing and prints one line per broker: BOTBUS_TEST_MQTT=mqtt://..., and so for
          BOTBUS_TEST_AMQP, BOTBUS_TEST_REDIS and BOTBUS_TEST_KAFKA
          A broker that one of these variables names is used as it is; else docker, else a private process.
          export $(scripts/brokers up)   makes the tests of this shell use them
  down    stops what "up" has started and removes its data
  status  prints the same lines, with how each broker runs; exit code 1 when one does not answer`

const commands = {
  async up() {
    for (const { variable, url } of await startBrokers()) console.log(`${variable}=${url}`)
  },
  async down() {
    await stopBrokers()
  },
  async status() {
    for (const { variable, url, origin, isUp } of await brokerStatus()) {
      console.log(
        url === undefined
          ? `${variable} is down`
          : `${variable}=${url} (${origin}, ${isUp ? 'answers' : 'does not answer'})`,
      )
      if (!isUp) process.exitCode = 1
    }
  },
}

const [name, ...rest] = process.argv.slice(2)
const command = rest.length === 0 && Object.hasOwn(commands, name ?? '') ? commands[name] : undefined
if (name === '--help' || name === '-h') {
  console.log(usage)
} else if (!command) {
  console.error(usage)
  process.exitCode = 2
} else {
  try {
    await command()
  } catch (error) {
    console.error(`brokers: ${error.message}`)
    process.exitCode = 1
  }
}

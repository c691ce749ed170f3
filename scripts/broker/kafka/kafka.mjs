// Private Apache Kafka 4 brokers for tests: one node each, in KRaft mode.
import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { cpSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startBroker } from '../process/broker-process.mjs'
import { freePort } from '../process/ports.mjs'
import { findKafka } from './jars.mjs'
import { findJava } from './java.mjs'
import { emptyStorageOf, formatStorage, serverArguments } from './program.mjs'
import { serverProperties } from './properties.mjs'
import { isKafkaReady } from './ready.mjs'

export function startKafka(options) {
  return startBroker(kind, options)
}

const kind = {
  name: 'Kafka',
  schemes: { plain: 'kafka', tls: 'kafkas' },
  startTimeout: 60_000,
  async prepare({ port, folder, options }) {
    const java = await findJava()
    const kafka = await findKafka(java)
    const ports = { client: port, internal: await freePort(), controller: await freePort() }
    if (options.advertisedPort !== undefined) ports.proxied = await freePort()
    const file = join(folder, 'server.properties')
    writeFileSync(file, serverProperties({ folder, ports, options }), { mode: 0o600 })
    await prepareStorage({ kafka, java, file, folder, options })
    const { client, ...others } = ports
    return {
      path: java.path,
      args: serverArguments(kafka, file),
      env: java.env,
      ports: Object.values(others),
      isReady: () => isKafkaReady(`kafka://127.0.0.1:${ports.internal}`),
      extra: { proxiedPort: ports.proxied },
    }
  },
}

async function prepareStorage({ kafka, java, file, folder, options }) {
  const users = scramUsers(options)
  const empty = emptyStorageOf(kafka)
  if (users.length === 0 && existsSync(empty)) cpSync(empty, join(folder, 'data'), { recursive: true })
  else await formatStorage(kafka, java, file, users)
}

/** Their salted passwords, as the command line of a process is no secret. */
function scramUsers({ users = [], mechanism = 'plain' }) {
  if (mechanism === 'plain') return []
  const [length, hash] = mechanism === 'scram-sha-256' ? [32, 'sha256'] : [64, 'sha512']
  const iterations = 4096
  return users.map(({ username, password }) => {
    const salt = randomBytes(16)
    const salted = pbkdf2Sync(password, salt, iterations, length, hash).toString('base64')
    const fields = `name=${username},iterations=${iterations},salt="${salt.toString('base64')}",saltedpassword="${salted}"`
    return `${mechanism.toUpperCase()}=[${fields}]`
  })
}

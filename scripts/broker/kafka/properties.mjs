// server.properties of one node that is broker and controller, on loopback only.
import { createPrivateKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `ports` has `client`, `internal`, `controller` and, with `advertisedPort`, `proxied`. */
export function serverProperties({ folder, ports, options }) {
  const host = options.tls ? 'localhost' : '127.0.0.1'
  const own = [
    ['CLIENT', securityOf(options), ports.client, `${host}:${ports.client}`],
    ...(ports.proxied ? [['PROXIED', securityOf(options), ports.proxied, `${host}:${options.advertisedPort}`]] : []),
    // For the node itself and for the question whether it serves.
    ['INTERNAL', 'PLAINTEXT', ports.internal, `127.0.0.1:${ports.internal}`],
  ]
  const listeners = [...own, ['CONTROLLER', 'PLAINTEXT', ports.controller]]
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${ports.controller}`,
    `listeners=${listeners.map(([name, , port]) => `${name}://127.0.0.1:${port}`).join(',')}`,
    `advertised.listeners=${own.map(([name, , , address]) => `${name}://${address}`).join(',')}`,
    `listener.security.protocol.map=${listeners.map(([name, security]) => `${name}:${security}`).join(',')}`,
    'inter.broker.listener.name=INTERNAL',
    'controller.listener.names=CONTROLLER',
    `log.dirs=${join(folder, 'data')}`,
    `auto.create.topics.enable=${options.autoCreateTopics === true}`,
    ...singleNode,
    ...quick,
    ...(options.tls ? tlsLines(folder, options.tls) : []),
    ...(options.users ? userLines(options, ports) : []),
    ...(options.config ?? []),
  ]
  return `${lines.join('\n')}\n`
}

const singleNode = ['offsets.topic', 'transaction.state.log', 'share.coordinator.state.topic'].flatMap((topic) => [
  `${topic}.num.partitions=1`,
  `${topic}.replication.factor=1`,
  ...(topic === 'offsets.topic' ? [] : [`${topic}.min.isr=1`]),
])

const quick = [
  'group.initial.rebalance.delay.ms=0',
  'group.min.session.timeout.ms=1000',
  // After a SIGKILL the controller lets the node come back only when its former session has ended: 9 s by default.
  'broker.session.timeout.ms=1000',
  'broker.heartbeat.interval.ms=100',
]

function securityOf({ tls, users }) {
  return `${users ? 'SASL_' : ''}${tls ? 'SSL' : 'PLAINTEXT'}`
}

function tlsLines(folder, { cert, key, ca }) {
  const pkcs8 = createPrivateKey(key).export({ type: 'pkcs8', format: 'pem' })
  const lines = ['ssl.keystore.type=PEM', `ssl.keystore.location=${write(folder, 'keystore.pem', `${pkcs8}${cert}`)}`]
  if (ca === undefined) return lines
  const truststore = `ssl.truststore.location=${write(folder, 'truststore.pem', ca)}`
  return [...lines, 'ssl.truststore.type=PEM', truststore, 'ssl.client.auth=required']
}

function userLines({ users, mechanism = 'plain' }, ports) {
  const name = mechanism.toUpperCase()
  const module =
    mechanism === 'plain' ? plainModule(users) : 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  return ['client', ...(ports.proxied ? ['proxied'] : [])].flatMap((listener) => [
    `listener.name.${listener}.sasl.enabled.mechanisms=${name}`,
    `listener.name.${listener}.${mechanism}.sasl.jaas.config=${escaped(module)}`,
  ])
}

function plainModule(users) {
  const entries = users.map(({ username, password }) => `${quoted(`user_${username}`)}=${quoted(password)}`)
  return `org.apache.kafka.common.security.plain.PlainLoginModule required ${entries.join(' ')};`
}

const quoted = (text) => `"${text.replace(/[\\"]/g, '\\$&')}"`
const escaped = (text) => text.replaceAll('\\', '\\\\')

function write(folder, name, text) {
  const file = join(folder, name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

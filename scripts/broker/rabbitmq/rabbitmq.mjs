// Private RabbitMQ nodes for tests. Its Erlang machine runs without the usual scripts, which belong to the installed service,
// and without epmd, the machine's directory of nodes: each node has a fixed port of its own, and no other looks for it.
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startBroker } from '../process/broker-process.mjs'
import { accepts, freePort } from '../process/ports.mjs'
import { firstWords } from '../process/probe.mjs'
import { writeTls } from '../process/tls.mjs'
import { findRabbitmq, linkModules } from './files.mjs'

const node = 'botbus@localhost'
const mqtt = 'rabbitmq_mqtt'
const protocolHeader = Buffer.from('AMQP\0\0\u0009\u0001', 'latin1')

export function startRabbitmq(options) {
  return startBroker(kind, options)
}

/** Whether an AMQP 0-9-1 broker replies: with a method frame, or with the version that it speaks instead. */
export async function answersAmqp(url) {
  const words = await firstWords(url, 5672, protocolHeader)
  return words?.[0] === 1 || words?.toString('latin1', 0, 4) === 'AMQP'
}

const kind = {
  name: 'RabbitMQ',
  schemes: { plain: 'amqp', tls: 'amqps' },
  startTimeout: 60_000,
  async prepare({ url, port, folder, options }) {
    const plugins = options.plugins ?? []
    const [nodePort, mqttPort] = [await freePort(), plugins.includes(mqtt) ? await freePort() : undefined]
    const files = await findRabbitmq()
    const modules = linkModules(files, folder, plugins)
    const lines = configuration({ port, mqttPort, folder, options })
    writeFileSync(join(folder, 'rabbitmq.conf'), `${lines.join('\n')}\n`)
    writeFileSync(join(folder, 'enabled_plugins'), `[${plugins.join(',')}].\n`)
    writeFileSync(join(folder, 'environment'), '')
    mkdirSync(join(folder, 'data'))
    const isAmqpReady = () => (options.tls ? accepts(port) : answersAmqp(url))
    return {
      path: files.erl,
      args: [...rabbit, ...quick, '-pa', modules, ...distribution(nodePort)],
      env: { ...without(/^(RABBITMQ|ERL)_/), ...files.env, ...environment(files, folder) },
      ports: [nodePort, ...(mqttPort ? [mqttPort] : [])],
      isReady: async () => (await isAmqpReady()) && (mqttPort === undefined || (await accepts(mqttPort))),
      extra: { mqttUrl: mqttPort && mqttUrl(mqttPort, options) },
    }
  },
}

/** As the script `rabbitmq-server` starts it. */
const rabbit = [
  ...['-noinput', '-s', 'rabbit', 'boot', '-boot', 'start_sasl', '+W', 'w', '+B', 'i'],
  ...['-syslog', 'logger', '[]', '-syslog', 'syslog_error_logger', 'false'],
  ...['-kernel', 'prevent_overlapping_partitions', 'false'],
]

/** Few threads that never spin: a test's broker has little to do. */
const quick = ['+S', '2:2', '+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none']

const distribution = (nodePort) => [
  ...['-sname', node, '-start_epmd', 'false', '-erl_epmd_port', String(nodePort)],
  ...['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'],
]

function environment({ home }, folder) {
  return {
    // The cookie of the node goes there.
    HOME: folder,
    ERL_LIBS: join(folder, 'plugins'),
    ERL_CRASH_DUMP_SECONDS: '0',
    RABBITMQ_HOME: home,
    RABBITMQ_NODENAME: node,
    RABBITMQ_CONF_ENV_FILE: join(folder, 'environment'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_PLUGINS_DIR: join(folder, 'plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: '-',
  }
}

function without(pattern) {
  const names = Object.keys(process.env).filter((name) => pattern.test(name))
  return Object.fromEntries(names.map((name) => [name, undefined]))
}

function configuration({ port, mqttPort, folder, options }) {
  const extra = options.config ?? []
  const keyOf = (line) => line.split('=')[0].trim()
  const given = new Set(extra.map(keyOf))
  const tls = options.tls && writeTls(folder, options.tls)
  const own = [
    ...listeners('', port, tls),
    ...(tls ? tlsLines(tls) : []),
    ...(mqttPort ? listeners('mqtt.', mqttPort, tls) : []),
    ...(mqttPort && options.users ? ['mqtt.allow_anonymous = false'] : []),
    'loopback_users = none',
    'disk_free_limit.absolute = 1MB',
    ...(options.users || options.vhosts ? [`load_definitions = ${writeDefinitions(folder, options)}`] : []),
    ...(options.heartbeat === undefined ? [] : [`heartbeat = ${options.heartbeat}`]),
  ]
  return [...own.filter((line) => !given.has(keyOf(line))), ...extra]
}

function listeners(prefix, port, tls) {
  const address = `127.0.0.1:${port}`
  return tls
    ? [`${prefix}listeners.tcp = none`, `${prefix}listeners.ssl.default = ${address}`]
    : [`${prefix}listeners.tcp.default = ${address}`]
}

function tlsLines({ cert, key, ca }) {
  const client = ca ? [`ssl_options.cacertfile = ${ca}`, 'ssl_options.fail_if_no_peer_cert = true'] : []
  const verify = `ssl_options.verify = ${ca ? 'verify_peer' : 'verify_none'}`
  return [`ssl_options.certfile = ${cert}`, `ssl_options.keyfile = ${key}`, verify, ...client]
}

/** With definitions, RabbitMQ makes no user and no virtual host of its own. */
function writeDefinitions(folder, options) {
  const users = options.users ?? [{ username: 'guest', password: 'guest' }]
  const vhosts = ['/', ...(options.vhosts ?? [])]
  const all = { configure: '.*', write: '.*', read: '.*' }
  const definitions = {
    vhosts: vhosts.map((name) => ({ name })),
    users: users.map(({ username, password }) => ({ name: username, password_hash: hash(password), tags: '' })),
    permissions: users.flatMap(({ username }) => vhosts.map((vhost) => ({ user: username, vhost, ...all }))),
  }
  const file = join(folder, 'definitions.json')
  writeFileSync(file, JSON.stringify(definitions), { mode: 0o600 })
  return file
}

/** RabbitMQ's own format: a salt of four bytes, then the SHA-256 of salt and password. */
function hash(password) {
  const salt = randomBytes(4)
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64')
}

function mqttUrl(port, { tls }) {
  return tls ? `mqtts://localhost:${port}` : `mqtt://127.0.0.1:${port}`
}

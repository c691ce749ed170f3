// Private PostgreSQL servers for tests, with fsync: what they have committed survives a SIGKILL.
import { execFileSync } from 'node:child_process'
import { chownSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run } from '../../run.mjs'
import { findProgram } from '../install/debian-binary.mjs'
import { startBroker } from '../process/broker-process.mjs'
import { firstWords } from '../process/probe.mjs'
import { writeTls } from '../process/tls.mjs'

const program = {
  name: 'postgres',
  variable: 'BOTBUS_POSTGRESQL',
  package: 'postgresql',
  paths: [18, 17, 16, 15].map((version) => `usr/lib/postgresql/${version}/bin/postgres`),
}
const anybody = 'botbus'
const database = 'postgres'
const timeout = 60_000

export function startPostgresql(options) {
  return startBroker(kind, options)
}

const kind = {
  name: 'PostgreSQL',
  schemes: { plain: 'postgresql', tls: 'postgresql' },
  startTimeout: 30_000,
  // SIGTERM would wait for the clients to leave.
  stopSignal: 'SIGINT',
  async prepare({ url, port, folder, options }) {
    const { path, env } = await findProgram(program)
    const owner = otherThanRoot()
    const data = join(folder, 'data')
    chown(folder, owner)
    const initdb = join(dirname(realpathSync(path)), 'initdb')
    const user = options.users?.[0]?.username ?? anybody
    const words = ['--pgdata', data, '--username', user, '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C']
    await run(initdb, [...words, '--no-instructions', '--no-sync'], {
      cwd: folder,
      env: { ...process.env, ...env },
      timeout,
      ...owner,
    })
    if (options.users) addUsers({ path, data, folder, env, owner, users: options.users })
    writeOwned(join(data, 'pg_hba.conf'), hostLines(options), owner)
    writeOwned(join(data, 'postgresql.auto.conf'), configuration({ port, data, options, owner }), owner)
    return {
      path,
      args: ['-D', data],
      env,
      ...owner,
      isReady: () => isReady(url, port),
      extra: { url: url.replace('://', `://${user}@`).concat(`/${database}`) },
    }
  },
}

/** PostgreSQL refuses to run as root. */
function otherThanRoot() {
  if (process.getuid?.() !== 0) return {}
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'))
  const [, , uid = '65534', gid = '65534'] = line?.split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

function configuration({ port, data, options, owner }) {
  return [
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    "unix_socket_directories = ''",
    'fsync = on',
    'max_connections = 50',
    'shared_buffers = 32MB',
    'dynamic_shared_memory_type = mmap',
    'jit = off',
    ...(options.tls ? tlsLines(data, options.tls, owner) : []),
    ...(options.config ?? []),
  ]
}

function tlsLines(data, tls, owner) {
  const { cert, key, ca } = writeTls(data, tls)
  for (const file of [cert, key, ca]) if (file !== undefined) chown(file, owner)
  return ['ssl = on', `ssl_cert_file = '${cert}'`, `ssl_key_file = '${key}'`, ...(ca ? [`ssl_ca_file = '${ca}'`] : [])]
}

/** Who may come in how: pg_hba.conf. */
function hostLines({ users, tls }) {
  const method = users ? 'scram-sha-256' : 'trust'
  return [`${tls ? 'hostssl' : 'host'} all all 127.0.0.1/32 ${method}${tls?.ca ? ' clientcert=verify-ca' : ''}`]
}

/** In the mode in which the server reads statements from its input, and listens nowhere. */
function addUsers({ path, data, folder, env, owner, users }) {
  const statements = users.map(({ username, password }, index) => {
    // The first has made the database.
    const verb = index === 0 ? 'alter' : 'create'
    return `${verb} role ${name(username)} superuser login password ${text(password)}\n`
  })
  const options = { cwd: folder, env: { ...process.env, ...env }, timeout, ...owner }
  execFileSync(path, ['--single', '-D', data, database], { ...options, input: statements.join(''), stdio: 'pipe' })
}

const name = (word) => `"${word.replaceAll('"', '""')}"`
const text = (word) => `'${word.replaceAll("'", "''")}'`

/** Whether it lets anybody in or refuses them; while it starts, it says so with 57P03. */
async function isReady(url, port) {
  const body = Buffer.from(`\0\x03\0\0user\0${anybody}\0database\0${database}\0\0`, 'latin1')
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  const words = await firstWords(url, port, Buffer.concat([length, body]))
  return words !== undefined && !words.includes('57P03')
}

function writeOwned(file, lines, owner) {
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  chown(file, owner)
}

function chown(file, { uid, gid }) {
  if (uid !== undefined) chownSync(file, uid, gid)
}

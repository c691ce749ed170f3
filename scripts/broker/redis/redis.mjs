// Private Redis servers for tests; nothing is written to disk.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../install/debian-binary.mjs'
import { startBroker } from '../process/broker-process.mjs'
import { firstWords } from '../process/probe.mjs'
import { writeTls } from '../process/tls.mjs'

export function startRedis(options) {
  return startBroker(kindOf(configuration), options)
}

/** A sentinel; what it watches is in `options.config`. */
export function startSentinel(options) {
  return startBroker(kindOf(sentinelConfiguration, ['--sentinel']), options)
}

function kindOf(configure, args = []) {
  return {
    name: 'Redis',
    schemes: { plain: 'redis', tls: 'rediss' },
    async prepare({ url, port, folder, options }) {
      const program = { name: 'redis-server', variable: 'BOTBUS_REDIS', package: 'redis-server' }
      const { path, env } = await findProgram(program)
      const file = join(folder, 'redis.conf')
      writeFileSync(file, `${configure({ port, folder, options }).join('\n')}\n`, { mode: 0o600 })
      const isReady = options.tls ? undefined : async () => (await firstWords(url, port, 'PING\r\n')) !== undefined
      return { path, args: [file, ...args], env, isReady }
    },
  }
}

function configuration({ port, folder, options }) {
  return [
    'bind 127.0.0.1',
    ...(options.tls ? tlsLines(port, writeTls(folder, options.tls)) : [`port ${port}`]),
    `dir ${folder}`,
    'save ""',
    'appendonly no',
    // Replicas of tests need not wait for others to come.
    'repl-diskless-sync-delay 0',
    ...(options.users ? ['user default off', ...options.users.map(userLine)] : []),
    ...(options.config ?? []),
  ]
}

function sentinelConfiguration({ port, folder, options }) {
  return ['bind 127.0.0.1', `port ${port}`, `dir ${folder}`, ...(options.config ?? [])]
}

function tlsLines(port, { cert, key, ca }) {
  const files = [`tls-cert-file ${cert}`, `tls-key-file ${key}`, ...(ca ? [`tls-ca-cert-file ${ca}`] : [])]
  return ['port 0', `tls-port ${port}`, ...files, `tls-auth-clients ${ca ? 'yes' : 'no'}`]
}

function userLine({ username, password }) {
  return `user ${username} on #${createHash('sha256').update(password).digest('hex')} ~* &* +@all`
}

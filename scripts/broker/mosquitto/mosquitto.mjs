// Private Mosquitto instances for tests.
import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../install/debian-binary.mjs'
import { startBroker } from '../process/broker-process.mjs'
import { writeTls } from '../process/tls.mjs'

export function startMosquitto(options) {
  return startBroker(kind, options)
}

const kind = {
  name: 'Mosquitto',
  schemes: { plain: 'mqtt', tls: 'mqtts' },
  async prepare({ port, folder, options }) {
    const { path, env } = await findProgram({ name: 'mosquitto', variable: 'BOTBUS_MOSQUITTO', package: 'mosquitto' })
    const file = join(folder, 'mosquitto.conf')
    writeFileSync(file, `${configuration({ port, folder, options }).join('\n')}\n`)
    return { path, args: ['-c', file], env }
  },
}

function configuration({ port, folder, options }) {
  const extra = options.config ?? []
  const says = (key) => extra.some((line) => line.startsWith(`${key} `))
  return [
    // As root, Mosquitto would drop to a user who cannot read our files.
    ...(process.getuid?.() === 0 && !says('user') ? ['user root'] : []),
    ...(says('allow_anonymous') ? [] : [`allow_anonymous ${options.users === undefined}`]),
    ...(options.users ? [`password_file ${writePasswords(folder, options.users)}`] : []),
    ...(says('persistence') ? [] : ['persistence false']),
    'log_dest stderr',
    `listener ${port} 127.0.0.1`,
    ...(options.tls ? tlsLines(writeTls(folder, options.tls)) : []),
    // Lines that follow apply to this listener (cafile, certfile, keyfile, require_certificate, protocol, ...).
    ...extra,
  ]
}

function tlsLines({ cert, key, ca }) {
  return [`certfile ${cert}`, `keyfile ${key}`, ...(ca ? [`cafile ${ca}`, 'require_certificate true'] : [])]
}

/** Mosquitto's own format: $7$, PBKDF2 with SHA-512, its iterations, salt and hash. */
function writePasswords(folder, users) {
  const lines = users.map(({ username, password }) => {
    const salt = randomBytes(12)
    const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512')
    return `${username}:$7$101$${salt.toString('base64')}$${hash.toString('base64')}\n`
  })
  const file = join(folder, 'passwords')
  writeFileSync(file, lines.join(''), { mode: 0o600 })
  return file
}

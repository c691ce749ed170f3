// What only root may do, where we are root or sudo asks for no password.
import { existsSync } from 'node:fs'
import { run } from '../../run.mjs'

const policy = '/usr/sbin/policy-rc.d'
const timeout = 600_000

export async function asRoot(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  if (process.getuid() === 0) return run(command, args, { env, timeout })
  return run('sudo', ['-n', 'DEBIAN_FRONTEND=noninteractive', command, ...args], { env, timeout })
}

/** Debian asks policy-rc.d before it starts the service of a package that it installs; 101 forbids it. */
export async function withoutServices(work) {
  if (existsSync(policy)) return work()
  await asRoot('sh', ['-c', `printf '#!/bin/sh\\nexit 101\\n' > ${policy} && chmod 755 ${policy}`])
  try {
    return await work()
  } finally {
    await asRoot('rm', ['-f', policy])
  }
}

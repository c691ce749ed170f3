// Two commands started at once must not install at once: the second waits for the first.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { tools } from './paths.mjs'

export const lockName = (purpose) => join(tools, `lock-${purpose}`)

export async function withLock(lock, work) {
  mkdirSync(tools, { recursive: true })
  for (let waited = 0; !take(lock); waited++) {
    if (waited === 0) console.error(`botbus: waiting for process ${owner(lock)}, which sets this up`)
    await delay(200)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function take(lock) {
  // A link appears with its content, so that nobody reads a lock without an owner.
  const mine = `${lock}-${process.pid}`
  writeFileSync(mine, String(process.pid))
  try {
    linkSync(mine, lock)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  } finally {
    rmSync(mine, { force: true })
  }
  if (isAlive(owner(lock))) return false
  rmSync(lock, { force: true })
  return false
}

function owner(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return 0
    throw error
  }
}

function isAlive(pid) {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

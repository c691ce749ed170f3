// The processes of a broker: those of its process group, and helpers that left the group but work in its folder.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const stopTimeout = 10_000
const hasProc = existsSync('/proc/self/stat')

export function signalGroup(group, signal) {
  signalProcess(-group, signal)
}

/** Stops the group where it is, and returns when it has: a signal takes a moment to reach all threads of a busy process. */
export function freezeGroup(group) {
  signalGroup(group, 'SIGSTOP')
  if (!hasProc) return
  const pids = readdirSync('/proc').filter((pid) => Number(pid) > 0 && groupOf(pid) === group)
  for (const deadline = Date.now() + stopTimeout; pids.some(runs) && Date.now() < deadline; );
}

export function signalMembers(group, folder, signal) {
  for (const pid of members(group, folder)) signalProcess(pid, signal)
}

/** Once its leader has ended: ends what is left of the group, and resolves when nothing is. */
export async function awaitMembers(group, folder) {
  const deadline = Date.now() + stopTimeout
  for (let left = members(group, folder); left.length > 0; left = members(group, folder)) {
    if (Date.now() > deadline) throw new Error(`processes ${left.join(', ')} of ${folder} do not end`)
    for (const pid of left) signalProcess(pid, 'SIGKILL')
    await delay(5)
  }
}

/** Ends a broker that an earlier command started, and removes its folder. Process ids are used again: see `isOurs`. */
export async function stopProcess(pid, folder) {
  if (isOurs(pid, folder)) signalProcess(pid, 'SIGTERM')
  for (const deadline = Date.now() + stopTimeout; isOurs(pid, folder); await delay(20)) {
    if (Date.now() > deadline) signalGroup(pid, 'SIGKILL')
  }
  if (hasProc) await awaitMembers(undefined, folder)
  removeFolder(folder)
}

export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

function members(group, folder) {
  if (!hasProc) return listed(group)
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isAlive(pid) && ((group && groupOf(pid) === group) || worksIn(pid, folder)))
}

/** Where there is no /proc. */
function listed(group) {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat='], { encoding: 'utf8' }).trim().split('\n')
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, pgid, state]) => Number(pgid) === group && !state.startsWith('Z'))
    .map(([pid]) => Number(pid))
}

function isOurs(pid, folder) {
  if (hasProc) return isAlive(pid) && worksIn(pid, folder)
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(folder)
  } catch {
    // There is no such process.
    return false
  }
}

/** Its state and its group: the first and third field after the name, which may hold anything between its parentheses. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    // It has ended.
    return ['Z']
  }
}

/** Whether a thread of it is not stopped. */
function runs(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).some(
      (thread) => !['T', 'Z', 'X'].includes(stat(`${pid}/task/${thread}`)[0]),
    )
  } catch {
    // It has ended.
    return false
  }
}

// A container's first process may never collect the dead.
const isAlive = (pid) => !['Z', 'X'].includes(stat(pid)[0])
const groupOf = (pid) => Number(stat(pid)[2])

function worksIn(pid, folder) {
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`)
  } catch {
    // It has ended, or belongs to another user.
    return false
  }
}

function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // EPERM: macOS says so of a group of which only dead members are left.
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error
  }
}

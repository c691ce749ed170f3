// Ends broker processes that an earlier command started.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const stopTimeout = 10_000

/** Ends the process and removes its folder. Process ids are used again: one whose command line lacks the folder is not ours. */
export async function stopProcess(pid, folder) {
  const runs = () => commandLine(pid).includes(folder)
  if (runs()) process.kill(pid, 'SIGTERM')
  for (const deadline = Date.now() + stopTimeout; runs(); await delay(50)) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL')
  }
  rmSync(folder, { recursive: true, force: true })
}

/** Empty when there is no such process. */
function commandLine(pid) {
  try {
    // Debian's slim images have no ps.
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

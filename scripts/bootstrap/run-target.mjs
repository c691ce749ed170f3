// Runs the target in our place: its streams are ours, signals reach it, and its exit code is returned.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']
const orphanCheckInterval = 500

export function runTarget(node, args, { env, cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd: cwd ?? process.cwd(), env, stdio: 'inherit' })
    const sent = new Set()
    const send = (signal) => {
      // npm may repeat a signal that has reached us already.
      if (sent.has(signal)) return
      sent.add(signal)
      child.kill(signal)
    }
    for (const signal of forwarded) {
      process.on(signal, () => {
        // Ctrl-C on a terminal goes to all of its foreground processes, so the child has it.
        if (signal === 'SIGINT' && process.stdin.isTTY) return
        send(signal)
      })
    }
    whenOrphaned(() => send('SIGTERM'))
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}

/** npm dies of a SIGHUP or SIGKILL without a word to us. */
function whenOrphaned(action) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    action()
  }, orphanCheckInterval)
  timer.unref()
}

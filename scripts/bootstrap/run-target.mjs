// Runs the target in our place: its streams are ours, signals reach it, and its exit code is returned.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']

export function runTarget(node, args, { env, cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd: cwd ?? process.cwd(), env, stdio: 'inherit' })
    const sent = new Set()
    for (const signal of forwarded) {
      process.on(signal, () => {
        // Ctrl-C on a terminal has reached the child already, and npm repeats it to us: never send it twice.
        if (sent.has(signal) || (signal === 'SIGINT' && process.stdin.isTTY)) return
        sent.add(signal)
        child.kill(signal)
      })
    }
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}

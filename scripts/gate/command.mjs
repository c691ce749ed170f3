import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { root } from '../bootstrap/paths.mjs'

const path = [join(root, 'node_modules', '.bin'), dirname(process.execPath), process.env.PATH].join(delimiter)

/**
 * Runs a program of the workspace to its end, with our streams. Resolves with its exit code, and `interrupted` when a signal
 * asks us to stop: the program gets the signal too, and we wait until it has cleaned up.
 */
export function runCommand([command, ...args], env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, PATH: path, ...env }, stdio: 'inherit' })
    let interrupted
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
      const handler = () => {
        if (interrupted) return
        interrupted = signal
        // Ctrl-C on a terminal has reached the child already.
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
      }
      process.on(signal, handler)
      return [signal, handler]
    })
    const settle = (action) => {
      for (const [signal, handler] of handlers) process.off(signal, handler)
      action()
    }
    child.once('error', (error) => settle(() => reject(error)))
    child.once('exit', (code, signal) => {
      const ended = signal ? 128 + constants.signals[signal] : code
      settle(() =>
        resolve(interrupted ? { code: ended || 128 + constants.signals[interrupted], interrupted } : { code: ended }),
      )
    })
  })
}

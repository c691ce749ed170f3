// One line on stderr for each step that has work to do; stdout belongs to the target.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

export class StepError extends Error {
  constructor(message, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs one step; `advice` says what to do when it fails. */
export async function step(title, advice, work) {
  console.error(`botbus: ${title}`)
  const started = Date.now()
  try {
    const result = await work()
    console.error(`botbus: ${title}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`)
    return result
  } catch (error) {
    if (error instanceof StepError && error.exitCode > 128) throw error
    throw new StepError(`botbus: ${title}: failed\n\n${error.message}\n\n${advice}`)
  }
}

/** Runs a program to its end, its output shown on stderr only when it fails. */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    // The terminal has sent Ctrl-C to the child too; waiting for it keeps its clean-up whole.
    const wait = () => undefined
    const forward = () => child.kill('SIGTERM')
    process.on('SIGINT', wait)
    process.on('SIGTERM', forward)
    const settle = (action) => {
      process.off('SIGINT', wait)
      process.off('SIGTERM', forward)
      action()
    }
    child.once('error', (error) => settle(() => reject(error)))
    child.once('close', (code, signal) => {
      settle(() => {
        if (code === 0) return resolve(Buffer.concat(output).toString())
        if (signal) return reject(new StepError(`botbus: stopped by ${signal}`, 128 + constants.signals[signal]))
        if (code === 130) return reject(new StepError('botbus: stopped', 130))
        const text = Buffer.concat(output).toString().trim()
        reject(new Error(`${text}\n(${[command, ...args].join(' ')} ended with code ${code})`))
      })
    })
  })
}

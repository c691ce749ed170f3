import { execFile } from 'node:child_process'

/** Runs a program to its end; resolves with its stdout, rejects with what it wrote. `timeout` in ms. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { maxBuffer: 2 ** 26, ...options }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout)
      const output = `${stdout}${stderr}`.trim()
      reject(
        new Error(`${command} ${args.join(' ')} failed: ${output === '' ? error.message : output}`, { cause: error }),
      )
    })
  })
}

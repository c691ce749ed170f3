// One program: started, watched until it is ready, its warnings shown, stopped.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { prefixed } from './screen.mjs'

const READY = /^ready:/
/** Text lines with such a word, a bot that waits for its broker, and pino's JSON lines from level 40. */
const NOTABLE = /^waiting for|\b(warn|warning|error|fatal|critical)\b|"level":[4-6]0\b/i
const KEPT_LINES = 20
const SHOWN_LINES = 20
const SHOWN_PER = 10_000

const preload = new URL('./die-with-parent.mjs', import.meta.url).href

export class Child {
  #process
  #lines = []
  #shown = 0
  #shownSince = 0

  /** `ready` resolves at its line "ready: ..."; `ended` with the way it ended. Neither rejects. */
  constructor({ name, args, cwd, env }) {
    this.name = name
    this.#process = spawn(process.execPath, ['--import', preload, ...args], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.ended = new Promise((resolve) => {
      this.#process.once('error', (error) => resolve(`could not be started: ${error.message}`))
      // "close", not "exit": its last lines have arrived then.
      this.#process.once('close', (code, signal) =>
        resolve(signal ? `ended by ${signal}` : `ended with exit code ${code}`),
      )
    })
    this.ready = new Promise((resolve) => {
      for (const stream of [this.#process.stdout, this.#process.stderr]) {
        createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
          if (READY.test(line)) resolve()
          this.#take(line)
        })
      }
    })
  }

  get lastLines() {
    return this.#lines.map((line) => prefixed(this.name, line)).join('')
  }

  /** Resolves to true when it ended by itself within `grace` ms; kills it otherwise. */
  async stop(grace) {
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.kill(), grace)
    await this.ended
    clearTimeout(timer)
    return this.#process.signalCode !== 'SIGKILL'
  }

  kill() {
    this.#process.kill('SIGKILL')
  }

  #take(line) {
    this.#lines.push(line.slice(0, 500))
    if (this.#lines.length > KEPT_LINES) this.#lines.shift()
    if (!NOTABLE.test(line)) return
    const now = performance.now()
    if (now - this.#shownSince > SHOWN_PER) [this.#shown, this.#shownSince] = [0, now]
    this.#shown++
    if (this.#shown <= SHOWN_LINES) process.stderr.write(prefixed(this.name, line.slice(0, 500)))
    if (this.#shown === SHOWN_LINES) process.stderr.write(prefixed(this.name, '(more is not shown for a while)'))
  }
}

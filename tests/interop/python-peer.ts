import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { ensurePython } from '../../scripts/python.mjs'

/** One JSON line that a program printed. */
export type Line = Record<string, unknown>

interface Waiting {
  resolve(line: Line): void
  reject(error: Error): void
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A commlib-py program of this folder in a process of its own. It tells what it does in JSON lines. */
export class PythonPeer implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #orders: Writable
  readonly #ended: Promise<void>
  readonly #lines: Line[] = []
  readonly #waiting: Waiting[] = []
  #log = ''
  #end: string | undefined

  /** Resolves when the program is connected and what it subscribes is acknowledged. */
  static async start(program: string, args: readonly string[]): Promise<PythonPeer> {
    const peer = new PythonPeer(await ensurePython(), program, args)
    try {
      const { ready } = await peer.next()
      if (ready !== true) throw new Error(`${program} did not say that it is ready`)
      return peer
    } catch (error) {
      await peer[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(python: string, program: string, args: readonly string[]) {
    const path = fileURLToPath(new URL(program, import.meta.url))
    this.#child = spawn(python, [path, ...args], {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    running.add(this.#child)
    const [orders, log, errors, results] = this.#child.stdio as unknown as [Writable, Readable, Readable, Readable]
    for (const stream of [log, errors]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text
      })
    }
    this.#orders = orders
    // A program that has ended takes no more orders; whoever waits for an answer is told below.
    orders.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
    createInterface(results).on('line', (text) => this.#take(JSON.parse(text) as Line))
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => this.#finish(error.message, resolve))
      this.#child.once('close', (code) => this.#finish(`ended with code ${code}`, resolve))
    })
  }

  /** The next line; rejects when the program ended before. */
  next(): Promise<Line> {
    const line = this.#lines.shift()
    if (line) return Promise.resolve(line)
    return new Promise((resolve, reject) => {
      if (this.#end === undefined) this.#waiting.push({ resolve, reject })
      else reject(this.#failure())
    })
  }

  /** Writes a line to the program and waits for its next one. */
  order(line: Line): Promise<Line> {
    this.#orders.write(`${JSON.stringify(line)}\n`)
    return this.next()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #take(line: Line): void {
    const waiting = this.#waiting.shift()
    if (waiting) waiting.resolve(line)
    else this.#lines.push(line)
  }

  #finish(end: string, resolve: () => void): void {
    this.#end = end
    running.delete(this.#child)
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure())
    resolve()
  }

  #failure(): Error {
    return new Error(`the commlib-py program ${this.#end}\n${this.#log}`)
  }
}

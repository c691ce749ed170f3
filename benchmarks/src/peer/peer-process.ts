import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { BrokerKind } from '../contenders/contender.ts'
import type { Entry } from '../contenders/index.ts'
import { lineReader } from './lines.ts'
import type { Answer, Command, Credit } from './protocol.ts'

const ENTRY = fileURLToPath(new URL('main.ts', import.meta.url))
/** Milliseconds for leaving the broker in order. */
const CLOSE_TIMEOUT = 2_000
/** Milliseconds: a client of Kafka may need many seconds until its group has settled. */
const READY_TIMEOUT = 45_000

export interface PeerCommand {
  readonly file: string
  readonly args: readonly string[]
}

/** What starts a peer of that contender. */
export async function commandOf(entry: Entry, broker: BrokerKind, url: string): Promise<PeerCommand> {
  const own = { file: process.execPath, args: [...process.execArgv, ENTRY, entry.name, broker, url] }
  return (await entry.command?.(broker, url)) ?? own
}

interface Waiter {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** A peer as the benchmark sees it. What goes wrong in it rejects what was asked last, with its last words. */
export class PeerProcess {
  /** Resolves when the peer runs. */
  readonly ready: Promise<unknown>
  /** Called with the number of messages received so far. */
  onReceived: (count: number) => void = () => undefined
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #waiter: Waiter | undefined
  #words = ''

  /** Starts it. */
  constructor({ file, args }: PeerCommand) {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    this.ready = this.#expect(READY_TIMEOUT, 'to be ready')
    // Whoever waits for it is told; a process that is stopped before has nobody who waits.
    this.ready.catch(() => undefined)
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#fail(error.message)
        resolve()
      })
      child.once('close', (code, signal) => {
        this.#fail(`the process ended with ${signal ?? `code ${code}`}${this.#lastWords()}`)
        resolve()
      })
    })
    // Whatever cannot be written any more: the end of the process tells.
    child.stdin?.on('error', () => undefined)
    child.stdout?.setEncoding('utf8').on(
      'data',
      lineReader((line) => this.#take(line)),
    )
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-4_000)
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Rejects when the peer says that it failed, ends, or has not answered within `timeout` ms. One command at a time. */
  async ask<Result>(command: Exclude<Command, Credit>, timeout: number): Promise<Result> {
    const answered = this.#expect(timeout, `to ${command.do}`)
    this.#write(command)
    return (await answered) as Result
  }

  credit(received: number): void {
    this.#write({ do: 'credit', received })
  }

  /** Resolves when the process has ended, by itself or else by force. */
  async close(): Promise<void> {
    const closed = this.ask({ do: 'close' }, CLOSE_TIMEOUT)
    // It ends in any case; how it does is of no interest any more.
    await closed.catch(() => undefined)
    await this.kill()
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #expect(timeout: number, what: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const timer = setTimeout(
      () => this.#fail(`the peer took longer than ${timeout / 1_000} s ${what}${this.#lastWords()}`),
      timeout,
    )
    this.#waiter = { resolve, reject }
    return promise.finally(() => clearTimeout(timer))
  }

  #take(line: string): void {
    const answer = parse(line)
    if (!answer) {
      this.#words = `${this.#words}${line}\n`.slice(-4_000)
    } else if (answer.type === 'received') {
      this.onReceived(answer.count)
    } else if (answer.type === 'failed') {
      this.#fail(answer.message)
    } else {
      this.#waiter?.resolve(answer.type === 'done' ? answer.result : undefined)
      this.#waiter = undefined
    }
  }

  #fail(message: string): void {
    this.#waiter?.reject(new Error(message))
    this.#waiter = undefined
  }

  #lastWords(): string {
    const lines = this.#words.trim().split('\n')
    const line = lines.findLast((candidate) => /error/i.test(candidate)) ?? lines.at(-1)
    return line ? `: ${line.trim().slice(0, 200)}` : ''
  }

  #write(command: Command): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`)
  }
}

/** `undefined` for what is no answer: a library that writes to stdout against all advice. */
function parse(line: string): Answer | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const value = JSON.parse(line) as Partial<Answer>
    return value.type === undefined ? undefined : (value as Answer)
  } catch {
    return undefined
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../apps/paper-bot/src/main.ts', import.meta.url))

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** The paper bot in a process of its own, run from its source. */
export class PaperBotProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #folder = mkdtempSync(join(tmpdir(), 'botbus-paper-bot-'))
  readonly #ended: Promise<unknown>
  #output = ''

  /** Resolves when its bridge is on the broker. Rejects with what it printed when it ends before. */
  static async start(id: string, broker: string, ...options: string[]): Promise<PaperBotProcess> {
    const bot = new PaperBotProcess(id, broker, options)
    try {
      // It shows the address of `embedded:` as what it is.
      await bot.#shows(`ready: bot ${id} on ${broker.replace(/^embedded:/, 'mqtt://127.0.0.1:')}`)
      return bot
    } catch (error) {
      await bot[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(id: string, broker: string, options: readonly string[]) {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(BOTBUS_|NODE_(?!OPTIONS)|VITEST)/.test(name))
    this.#child = spawn(
      process.execPath,
      ['--conditions=@botbus/source', '--no-warnings', MAIN, '--id', id, '--broker', broker, ...options],
      { cwd: this.#folder, env: Object.fromEntries(inherited) },
    )
    running.add(this.#child)
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve))
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
        this.#child.emit('output')
      })
    }
  }

  /** Asks it to say goodbye and end. Resolves to its exit code, and to null where a signal ended it. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    await this.#ended
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
    running.delete(this.#child)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #shows(text: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (this.#output.includes(text)) resolve()
      }
      this.#child.on('output', look)
      this.#child.once('error', reject)
      this.#child.once('close', () => reject(new Error(`the paper bot ended:\n${this.#output}`)))
    })
  }
}

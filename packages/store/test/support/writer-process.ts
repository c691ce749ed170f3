import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('./writer.ts', import.meta.url))

const running = new Set<WriterProcess>()
process.on('exit', () => {
  for (const writer of running) writer.signal('SIGKILL')
})

/** The program of writer.ts on a database, and what it has printed. */
export class WriterProcess {
  readonly #child: ChildProcessByStdio<null, Readable, null>
  readonly #ended: Promise<unknown>
  #output = ''

  constructor(url: string, run: string) {
    const env = { ...process.env, BOTBUS_TEST_STORE: url, BOTBUS_TEST_RUN: run }
    const args = ['--conditions=@botbus/source', '--no-warnings', MAIN]
    this.#child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    running.add(this)
    this.#ended = once(this.#child, 'close')
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text
    })
  }

  /** What it has acknowledged: the words of each line, but for one that was cut off. */
  get lines(): readonly (readonly string[])[] {
    return this.#output
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' '))
  }

  /** Resolves when it has printed that many lines more. Rejects when it ends before. */
  async prints(count: number): Promise<void> {
    const enough = this.lines.length + count
    while (this.lines.length < enough) {
      await Promise.race([once(this.#child.stdout, 'data'), this.#failed()])
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Resolves when it is gone, and all that it printed was read. */
  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.#ended
    running.delete(this)
  }

  async #failed(): Promise<never> {
    await this.#ended
    throw new Error(`the writer has ended: ${this.#output}`)
  }
}

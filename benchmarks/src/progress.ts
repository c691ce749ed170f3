/** What the benchmark does now, on stderr: one line that changes on a terminal, and only what matters elsewhere. */
export class Progress {
  readonly #stream: NodeJS.WriteStream
  #isShowing = false

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream
  }

  /** Gives way to what follows. */
  show(text: string): void {
    if (!this.#stream.isTTY) return
    this.#clear()
    this.#stream.write(text.slice(0, this.#stream.columns - 1))
    this.#isShowing = true
  }

  /** Stays. */
  note(text: string): void {
    this.#clear()
    this.#stream.write(`${text}\n`)
  }

  /** Before something else is written. */
  clear(): void {
    this.#clear()
  }

  #clear(): void {
    if (this.#isShowing) this.#stream.write('\r\u001B[K')
    this.#isShowing = false
  }
}

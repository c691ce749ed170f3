/** Counts messages, and tells the count every 200 and when there have been none for 10 ms. */
export class Receipts {
  readonly #report: (count: number) => void
  #count = 0
  #reported = 0
  #seen = 0
  #timer: NodeJS.Timeout | undefined

  constructor(report: (count: number) => void) {
    this.#report = report
  }

  /** What was not decoded does not count. */
  readonly add = (message: unknown): void => {
    if (!isOurs(message)) return
    this.#count++
    if (this.#count - this.#reported >= 200) this.#tell()
    this.#timer ??= setInterval(() => this.#look(), 10)
  }

  #look(): void {
    if (this.#count === this.#seen) {
      clearInterval(this.#timer)
      this.#timer = undefined
      if (this.#count !== this.#reported) this.#tell()
    }
    this.#seen = this.#count
  }

  #tell(): void {
    this.#reported = this.#count
    this.#report(this.#count)
  }
}

/** Each of the messages that the benchmark sends has one of the two. */
function isOurs(message: unknown): boolean {
  const { ts, timestamp } = message as { ts?: unknown; timestamp?: unknown }
  return typeof (timestamp ?? ts) === 'number'
}

import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'

/**
 * What ends a command from outside: Ctrl-C (or SIGTERM), and a reader that closes our output, as `| head` does.
 * `signal` fires for both, with the `Failure` that the command then ends with as its reason. A second Ctrl-C ends at once.
 */
export class Interruption {
  readonly #controller = new AbortController()
  /** A command that waits is not at its end, also where no connection keeps the process alive (`memory:`). */
  readonly #alive = setInterval(() => undefined, 60_000)

  constructor() {
    process.on('SIGINT', this.#onSignal)
    process.on('SIGTERM', this.#onSignal)
    process.stdout.on('error', this.#onOutputError)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The output listener stays: a write that is under way may still fail. */
  end(): void {
    clearInterval(this.#alive)
    process.off('SIGINT', this.#onSignal)
    process.off('SIGTERM', this.#onSignal)
  }

  #onSignal = (): void => {
    if (this.signal.aborted) process.exit(EXIT.interrupted)
    this.#controller.abort(new Failure(EXIT.interrupted, ''))
  }

  #onOutputError = (error: NodeJS.ErrnoException): void => {
    const readerLeft = error.code === 'EPIPE'
    this.#controller.abort(
      readerLeft ? new Failure(EXIT.ok, '') : new Failure(EXIT.error, `cannot write the output: ${error.message}`),
    )
  }
}

import { BotbusError } from './errors.ts'
import { LONGEST_TIMER } from './timer.ts'

/** The `AbortSignal` of one running request. It costs nothing until a handler asks for it. */
export class RequestSignal {
  readonly #deadline: number | undefined
  readonly #closing: AbortSignal
  readonly #caller: AbortSignal | undefined
  readonly #onClosing = (): void => this.#controller?.abort(this.#closing.reason)
  readonly #onCallerGone = (): void => this.#controller?.abort(callerGone())
  #controller: AbortController | undefined
  #timer: NodeJS.Timeout | undefined
  #hasEnded = false

  /** `caller`: fires when the caller gave up, where the transport can tell. */
  constructor(deadline: number | undefined, closing: AbortSignal, caller?: AbortSignal) {
    this.#deadline = deadline
    this.#closing = closing
    this.#caller = caller
  }

  get(): AbortSignal {
    this.#controller ??= this.#open()
    return this.#controller.signal
  }

  /** The handler is done: the signal fires no more and holds nothing. */
  end(): void {
    this.#hasEnded = true
    clearTimeout(this.#timer)
    this.#closing.removeEventListener('abort', this.#onClosing)
    this.#caller?.removeEventListener('abort', this.#onCallerGone)
  }

  #open(): AbortController {
    const controller = new AbortController()
    if (this.#hasEnded) return controller
    if (this.#closing.aborted) controller.abort(this.#closing.reason)
    else this.#closing.addEventListener('abort', this.#onClosing, { once: true })
    if (this.#caller?.aborted) controller.abort(callerGone())
    else this.#caller?.addEventListener('abort', this.#onCallerGone, { once: true })
    const timeLeft = (this.#deadline ?? Number.POSITIVE_INFINITY) - Date.now()
    if (timeLeft <= LONGEST_TIMER) {
      const expire = (): void => controller.abort(new BotbusError('TIMEOUT', 'the deadline of the request has passed'))
      this.#timer = setTimeout(expire, Math.max(0, timeLeft))
      this.#timer.unref()
    }
    return controller
  }
}

function callerGone(): BotbusError {
  return new BotbusError('CANCELLED', 'the caller gave up')
}

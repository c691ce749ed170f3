import { BotbusError } from './errors.ts'
import { LONGEST_TIMER } from './timer.ts'

/** The `AbortSignal` of one running request. It costs nothing until a handler asks for it. */
export class RequestSignal {
  readonly #deadline: number | undefined
  readonly #closing: AbortSignal
  readonly #caller: AbortSignal | undefined
  #controller: AbortController | undefined
  /** Lets go of what the signal listens to. */
  #release: (() => void) | undefined
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
    this.#release?.()
  }

  #open(): AbortController {
    const controller = new AbortController()
    if (this.#hasEnded) return controller
    const releases = [
      onAbort(this.#closing, () => controller.abort(this.#closing.reason)),
      this.#caller && onAbort(this.#caller, () => controller.abort(callerGone())),
      this.#startTimer(controller),
    ]
    this.#release = () => {
      for (const release of releases) release?.()
    }
    return controller
  }

  #startTimer(controller: AbortController): (() => void) | undefined {
    const timeLeft = (this.#deadline ?? Number.POSITIVE_INFINITY) - Date.now()
    if (timeLeft > LONGEST_TIMER) return undefined
    const expire = (): void => controller.abort(new BotbusError('TIMEOUT', 'the deadline of the request has passed'))
    const timer = setTimeout(expire, Math.max(0, timeLeft))
    timer.unref()
    return () => clearTimeout(timer)
  }
}

/** Calls `listener` when the signal fires, or at once if it has. Returns the function that takes it back. */
function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

function callerGone(): BotbusError {
  return new BotbusError('CANCELLED', 'the caller gave up')
}

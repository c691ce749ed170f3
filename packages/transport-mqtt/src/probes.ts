import { BotbusError } from '@botbus/core'
import { withOutcome } from '@botbus/core/transport-kit'

interface Probe {
  readonly answer: Promise<void>
  /** What the answer means for the requests that left meanwhile. */
  followers: Promise<void> | undefined
}

/**
 * Only an acknowledgement tells that nobody serves an address, and it costs broker and client as much as a quarter of a call. So
 * of the requests to one address at most one at a time asks for it; those that leave meanwhile share its answer. It is not certain for
 * them, as a server may have come or gone in between: their outcome is `unknown` then.
 */
export class Probes {
  readonly #open = new Map<string, Probe>()

  /** `ask` sends the request with QoS 1, `tell` with QoS 0. */
  request(address: string, ask: () => Promise<void>, tell: () => void): Promise<void> {
    const probe = this.#open.get(address)
    if (!probe) return this.#ask(address, ask)
    tell()
    probe.followers ??= probe.answer.catch((error: unknown) => {
      throw BotbusError.is(error) ? withOutcome(error, 'unknown') : error
    })
    return probe.followers
  }

  #ask(address: string, ask: () => Promise<void>): Promise<void> {
    const answer = ask()
    const close = (): void => void this.#open.delete(address)
    this.#open.set(address, { answer, followers: undefined })
    answer.then(close, close)
    return answer
  }
}

/*
 * The least that routes a reply: a request is `{inbox} {number} {json}`, its reply `{number} {json}`. Two searches for a space cost less
 * than a JSON envelope, MQTT 5 properties or AMQP headers.
 */

export type Answer = (request: unknown) => unknown

export interface CallsOptions {
  /** Resolves when replies to this process arrive. Called by the first call. */
  openInbox(): Promise<unknown>
  /** Sends call `id` of the address; `json` is the request. */
  send(address: string, id: number, json: string): void
}

/** Calls that wait for their reply, by number. None of them ever times out. */
export class Calls {
  readonly #options: CallsOptions
  readonly #waiting = new Map<number, (reply: unknown) => void>()
  #inbox: Promise<void> | undefined
  #isOpen = false
  #next = 0

  constructor(options: CallsOptions) {
    this.#options = options
  }

  call(address: string, request: unknown): Promise<unknown> {
    return this.#isOpen ? this.#send(address, request) : this.#open().then(() => this.#send(address, request))
  }

  /** Takes `{number} {json}`. */
  settle(reply: string): void {
    const space = reply.indexOf(' ')
    const id = Number(reply.slice(0, space))
    const resolve = this.#waiting.get(id)
    this.#waiting.delete(id)
    resolve?.(JSON.parse(reply.slice(space + 1)))
  }

  #open(): Promise<void> {
    this.#inbox ??= this.#options.openInbox().then(() => {
      this.#isOpen = true
    })
    return this.#inbox
  }

  #send(address: string, request: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      const id = this.#next++
      this.#waiting.set(id, resolve)
      this.#options.send(address, id, JSON.stringify(request))
    })
  }
}

/** Takes `{number} {json}` and returns the reply in the same form. */
export function answerTo(request: string, answer: Answer): string {
  const space = request.indexOf(' ')
  return `${request.slice(0, space)} ${JSON.stringify(answer(JSON.parse(request.slice(space + 1))))}`
}

/** Takes `{inbox} {number} {json}` and sends the reply. */
export function answerInbox(request: string, answer: Answer, send: (inbox: string, reply: string) => void): void {
  const space = request.indexOf(' ')
  send(request.slice(0, space), answerTo(request.slice(space + 1), answer))
}

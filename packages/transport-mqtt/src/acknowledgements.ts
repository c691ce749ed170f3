import { BotbusError } from '@botbus/core'
import { withOutcome } from '@botbus/core/transport-kit'
import { REASON, toReasonError } from './errors.ts'
import type { OutgoingPublish } from './frame-writer.ts'

/** A message that the broker shall acknowledge. */
export interface AcknowledgedPublish extends OutgoingPublish {
  /** A request: it is lost, and not sent, when nobody has subscribed to it. */
  readonly isRequest?: boolean
}

interface Waiting {
  readonly publish: AcknowledgedPublish
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The packet ids of published messages are 1 to this, those of SUBSCRIBE and UNSUBSCRIBE above. */
export const MAX_UNACKNOWLEDGED = 16_384

/** Messages of QoS 1 on their way to the broker: never more than its receive maximum, the others wait in order. */
export class Acknowledgements {
  readonly #window: number
  readonly #send: (publish: OutgoingPublish, packetId: number) => void
  /** By packet id. */
  readonly #sent: (Waiting | undefined)[] = []
  readonly #freeIds: number[] = []
  #unsent: Waiting[] = []
  /** The first of `#unsent` that is still there. */
  #next = 0
  #unacknowledged = 0
  #onIdle: (() => void) | undefined

  constructor(receiveMaximum: number, send: (publish: OutgoingPublish, packetId: number) => void) {
    this.#window = Math.min(receiveMaximum, MAX_UNACKNOWLEDGED)
    this.#send = send
  }

  /** Resolves when the broker has taken it. */
  publish(publish: AcknowledgedPublish): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { publish, resolve, reject }
      if (this.#unacknowledged >= this.#window) this.#unsent.push(waiting)
      else this.#start(waiting)
    })
  }

  /** A PUBACK. One that answers nothing is ignored, as it changes nothing. */
  settle(packetId: number, reason: number): void {
    const waiting = this.#sent[packetId]
    if (!waiting) return
    this.#release(packetId)
    const { publish, resolve, reject } = waiting
    if (reason === REASON.noMatchingSubscribers && publish.isRequest === true) {
      reject(new BotbusError('NO_RESPONDER', `nobody serves ${publish.topic}`, { outcome: 'not_sent' }))
    } else if (reason >= 0x80) reject(toReasonError(reason, `to publish on ${publish.topic}`))
    else resolve()
    if (this.#unsent.length > 0) this.#startWaiting()
    if (this.#unacknowledged === 0) this.#onIdle?.()
  }

  /** The link is down. */
  fail(error: BotbusError): void {
    const unsent = this.#unsent.slice(this.#next)
    this.#unsent = []
    this.#next = 0
    for (const { reject } of unsent) reject(withOutcome(error, 'not_sent'))
    for (const [packetId, waiting] of this.#sent.entries()) {
      if (!waiting) continue
      this.#release(packetId)
      waiting.reject(withOutcome(error, 'unknown'))
    }
    this.#onIdle?.()
  }

  get isIdle(): boolean {
    return this.#unacknowledged === 0
  }

  /** Resolves when all are settled. */
  async idle(): Promise<void> {
    if (this.#unacknowledged > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
  }

  #start(waiting: Waiting): void {
    const packetId = this.#freeIds.pop() ?? Math.max(this.#sent.length, 1)
    try {
      this.#send(waiting.publish, packetId)
    } catch (error) {
      this.#freeIds.push(packetId)
      waiting.reject(error)
      return
    }
    this.#sent[packetId] = waiting
    this.#unacknowledged++
  }

  #startWaiting(): void {
    while (this.#next < this.#unsent.length && this.#unacknowledged < this.#window) {
      this.#start(this.#unsent[this.#next++] as Waiting)
    }
    // Not one by one: that would move all the others each time.
    if (this.#next * 2 < this.#unsent.length) return
    this.#unsent = this.#unsent.slice(this.#next)
    this.#next = 0
  }

  #release(packetId: number): void {
    this.#sent[packetId] = undefined
    this.#freeIds.push(packetId)
    this.#unacknowledged--
  }
}

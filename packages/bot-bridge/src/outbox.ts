import { BotbusError, type Bus } from '@botbus/core'
import type { Warn } from './warn.ts'

interface Outgoing {
  readonly topic: string
  readonly data: unknown
  readonly qos: 0 | 1
}

const CAPACITY = 10_000

/**
 * What a bot has to tell, in order. While the broker is away up to 10,000 messages wait (the oldest go first) and
 * are sent when it is back: a fill is worth knowing late. Commands never wait like this. A message whose acknowledgement
 * was lost with the link is sent again, so a listener may see it twice.
 */
export class Outbox {
  readonly #bus: Bus
  readonly #warn: Warn
  #waiting: Outgoing[] = []
  #sending: Promise<void> | undefined
  #dropped = 0
  /** Whether this outage was reported. */
  #isOverflowing = false

  constructor(bus: Bus, warn: Warn) {
    this.#bus = bus
    this.#warn = warn
  }

  /** How many messages were lost: too many waited, or they could not be sent at all. */
  get dropped(): number {
    return this.#dropped
  }

  add(message: Outgoing): void {
    this.#waiting.push(message)
    this.#trim()
    void this.flush()
  }

  /** Sends what waits. Resolves when all of it is sent or the broker is away; never rejects. */
  flush(): Promise<void> {
    if (this.#sending === undefined && this.#maySend()) this.#sending = this.#send()
    return this.#sending ?? Promise.resolve()
  }

  /** Forgets what waits. */
  clear(): void {
    if (this.#waiting.length === 0) return
    this.#dropped += this.#waiting.length
    this.#warn(`${this.#waiting.length} messages were never sent: the broker is away`)
    this.#waiting = []
  }

  #maySend(): boolean {
    return this.#waiting.length > 0 && this.#bus.state.status === 'connected'
  }

  /** Only called when there is something to send, so it never ends before `flush` has noted it. */
  async #send(): Promise<void> {
    while (this.#maySend()) {
      if (!(await this.#sendFirst())) break
    }
    if (this.#waiting.length === 0) this.#isOverflowing = false
    this.#sending = undefined
  }

  /** False when the broker went away meanwhile; the message waits for its return then. */
  async #sendFirst(): Promise<boolean> {
    const message = this.#waiting.shift() as Outgoing
    try {
      await this.#bus.publish(message.topic, message.data, { qos: message.qos })
    } catch (error) {
      if (BotbusError.is(error) && (error.code === 'NOT_CONNECTED' || error.code === 'CLOSED')) {
        this.#waiting.unshift(message)
        this.#trim()
        return false
      }
      this.#dropped++
      this.#warn(`a message on ${message.topic} could not be sent`, error)
    }
    return true
  }

  #trim(): void {
    if (this.#waiting.length <= CAPACITY) return
    if (!this.#isOverflowing) this.#warn(`${CAPACITY} messages wait for the broker: the oldest are dropped`)
    this.#isOverflowing = true
    this.#waiting.shift()
    this.#dropped++
  }
}

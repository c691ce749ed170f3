import { BotbusError, type Bus } from '@botbus/core'

interface Outgoing {
  readonly topic: string
  readonly data: unknown
  readonly qos: 0 | 1
}

const CAPACITY = 10_000

/**
 * What a bot has to tell, in order. While the broker is away up to 10,000 messages wait (the oldest go first) and
 * are sent when it is back: a fill is worth knowing late. Commands never wait like this.
 */
export class Outbox {
  readonly #bus: Bus
  readonly #report: (message: string, error?: unknown) => void
  #messages: Outgoing[] = []
  #sending: Promise<void> | undefined
  #dropped = 0

  constructor(bus: Bus, report: (message: string, error?: unknown) => void) {
    this.#bus = bus
    this.#report = report
  }

  /** How many messages were lost because too many waited. */
  get dropped(): number {
    return this.#dropped
  }

  add(message: Outgoing): void {
    if (this.#messages.length >= CAPACITY) {
      if (this.#dropped++ === 0)
        this.#report(`the broker is away and ${CAPACITY} messages wait: the oldest are dropped`)
      this.#messages.shift()
    }
    this.#messages.push(message)
    void this.flush()
  }

  /** Sends what waits. Resolves when all of it is sent or the broker is away. */
  flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async #send(): Promise<void> {
    for (let message = this.#messages[0]; message; message = this.#messages[0]) {
      if (this.#bus.state.status !== 'connected') return
      try {
        await this.#bus.publish(message.topic, message.data, { qos: message.qos })
      } catch (error) {
        if (BotbusError.is(error) && (error.code === 'NOT_CONNECTED' || error.code === 'CLOSED')) return
        this.#report(`a message on ${message.topic} could not be sent`, error)
      }
      if (this.#messages[0] === message) this.#messages.shift()
    }
  }
}

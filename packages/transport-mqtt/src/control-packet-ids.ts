import { type IClientOptions, UniqueMessageIdProvider } from 'mqtt'
import { MAX_UNACKNOWLEDGED } from './acknowledgements.ts'

type MessageIdProvider = NonNullable<IClientOptions['messageIdProvider']>

/** Packet ids that mqtt.js gives to its SUBSCRIBE and UNSUBSCRIBE: those above the ones of our messages. */
export class ControlPacketIds implements MessageIdProvider {
  readonly #ids = new UniqueMessageIdProvider()
  #last: number | null = null

  allocate(): number | null {
    const id = this.#ids.allocate()
    if (id === null || id + MAX_UNACKNOWLEDGED > 0xffff) {
      if (id !== null) this.#ids.deallocate(id)
      return null
    }
    this.#last = id + MAX_UNACKNOWLEDGED
    return this.#last
  }

  getLastAllocated(): number | null {
    return this.#last
  }

  register(id: number): boolean {
    return id > MAX_UNACKNOWLEDGED && this.#ids.register(id - MAX_UNACKNOWLEDGED)
  }

  deallocate(id: number): void {
    this.#ids.deallocate(id - MAX_UNACKNOWLEDGED)
  }

  clear(): void {
    this.#ids.clear()
  }
}

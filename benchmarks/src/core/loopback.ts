import type { Capabilities, DeliveryListener, IncomingRequest, Transport, TransportEvents } from '@botbus/core'

const CAPABILITIES: Capabilities = {
  wildcards: true,
  groups: 'none',
  ordering: 'topic',
  atLeastOnce: false,
  noResponder: 'definite',
  cancellation: false,
  lastWill: false,
  retained: false,
  headers: 'envelope',
  maxPayload: 1_000_000,
}

const RESOLVED = Promise.resolve()

/** Hands everything over at once, in the same process: what is left is the cost of core. One server, one subscriber. */
export class Loopback implements Transport {
  readonly name = 'loopback'
  readonly capabilities: Capabilities = CAPABILITIES
  #events: TransportEvents | undefined
  #server: ((request: IncomingRequest) => void) | undefined
  #subscriber: DeliveryListener | undefined

  async connect({ events }: { events: TransportEvents }): Promise<void> {
    this.#events = events
  }

  close(): Promise<void> {
    return RESOLVED
  }

  publish(topic: string, payload: string | Uint8Array): Promise<void> {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
    void this.#subscriber?.({ topic, payload: bytes, retained: false })
    return RESOLVED
  }

  async subscribe(_pattern: string, listener: DeliveryListener): Promise<() => Promise<void>> {
    this.#subscriber = listener
    return () => RESOLVED
  }

  replyAddress(_address: string, id: string): string {
    return `_inbox/0123456789abcdef0123456789abcdef/${id}`
  }

  request(address: string, { payload }: { payload: string }): undefined {
    this.#server?.({ topic: address, payload: Buffer.from(payload), retained: false })
  }

  async serve(_address: string, listener: (request: IncomingRequest) => void): Promise<() => Promise<void>> {
    this.#server = listener
    return () => RESOLVED
  }

  reply(replyTo: string, { payload }: { payload: string }): undefined {
    const id = replyTo.slice(replyTo.lastIndexOf('/') + 1)
    this.#events?.reply({ id, address: replyTo, payload: Buffer.from(payload) })
  }
}

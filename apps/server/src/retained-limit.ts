import type { PublishPacket } from 'aedes'

/** Bounds what retained messages take: a client could write under ever new topics. */
export class RetainedLimit {
  readonly #limit: number
  readonly #sizes = new Map<string, number>()
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** False for a retained message that does not fit any more. Called once for each message, before it is stored. */
  accepts(packet: Pick<PublishPacket, 'topic' | 'payload' | 'retain'>): boolean {
    if (!packet.retain) return true
    const { topic } = packet
    const payload = Buffer.byteLength(packet.payload)
    // An empty payload deletes. The topic is held twice, as the key of two maps.
    const size = payload === 0 ? 0 : payload + 4 * topic.length + 100
    const bytes = this.#bytes - (this.#sizes.get(topic) ?? 0) + size
    if (bytes > this.#limit && size > 0) return false
    if (size === 0) this.#sizes.delete(topic)
    else this.#sizes.set(topic, size)
    this.#bytes = bytes
    return true
  }
}

import { BotbusError } from '@botbus/core'

/** A message on its way to the broker. */
export interface OutgoingPublish {
  readonly topic: string
  readonly payload: string | Uint8Array
  readonly retain?: boolean | undefined
  /** Seconds after which the broker may drop it (MQTT 5). */
  readonly messageExpiryInterval?: number | undefined
}

/** The longest remaining length of a packet (MQTT 5, section 1.5.5). */
export const MAX_REMAINING = 268_435_455
/** Enough for what one turn writes as a rule. */
const SLAB = 32_768
const LARGE = 8 * SLAB
const NOTHING = Buffer.alloc(0)
const MESSAGE_EXPIRY_INTERVAL = 0x02

/**
 * Encodes PUBLISH and PUBACK (MQTT 5, sections 3.3 and 3.4; MQTT 3.1.1 has no properties), each behind the other in one buffer: a
 * buffer and a write for each packet cost more than all the rest of it.
 */
export class FrameWriter {
  readonly #hasProperties: boolean
  #bytes: Buffer = NOTHING
  /** What lies before was taken, and belongs to others. */
  #start = 0
  #end = 0

  constructor(version: 4 | 5) {
    this.#hasProperties = version === 5
  }

  /** Bytes to take. */
  get length(): number {
    return this.#end - this.#start
  }

  /** `packetId` is 0 for QoS 0, else it is QoS 1. Throws `INVALID_PAYLOAD` for what no packet can hold. */
  publish({ topic, payload, retain = false, messageExpiryInterval }: OutgoingPublish, packetId: number): void {
    const topicSize = Buffer.byteLength(topic)
    const payloadSize = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength
    const expiry = this.#hasProperties ? messageExpiryInterval : undefined
    const properties = this.#hasProperties ? (expiry === undefined ? 1 : 6) : 0
    const remaining = 2 + topicSize + (packetId === 0 ? 0 : 2) + properties + payloadSize
    if (remaining > MAX_REMAINING || topicSize > 0xffff) {
      throw new BotbusError('INVALID_PAYLOAD', `${remaining} bytes do not fit into a packet`, { outcome: 'not_sent' })
    }
    this.#reserve(5 + remaining)
    const bytes = this.#bytes
    bytes[this.#end++] = 0x30 | (packetId === 0 ? 0 : 2) | (retain ? 1 : 0)
    this.#length(remaining)
    this.#uint16(topicSize)
    this.#end += bytes.write(topic, this.#end)
    if (packetId !== 0) this.#uint16(packetId)
    if (properties > 0) bytes[this.#end++] = properties - 1
    if (expiry !== undefined) {
      bytes[this.#end++] = MESSAGE_EXPIRY_INTERVAL
      this.#end = bytes.writeUInt32BE(expiry, this.#end)
    }
    if (typeof payload === 'string') this.#end += bytes.write(payload, this.#end)
    else {
      bytes.set(payload, this.#end)
      this.#end += payloadSize
    }
  }

  /** That all is well with a message. */
  puback(packetId: number): void {
    this.#reserve(4)
    this.#bytes[this.#end++] = 0x40
    this.#bytes[this.#end++] = 2
    this.#uint16(packetId)
  }

  /** Packets that somebody else encoded. */
  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.byteLength)
    this.#bytes.set(bytes, this.#end)
    this.#end += bytes.byteLength
  }

  /** All that was written since the last time. */
  take(): Buffer {
    const taken = this.#bytes.subarray(this.#start, this.#end)
    this.#start = this.#end
    if (this.#bytes.length > LARGE) this.#release()
    return taken
  }

  /** What is left of a buffer that a large message needed would keep all of it in memory. */
  #release(): void {
    this.#bytes = NOTHING
    this.#start = 0
    this.#end = 0
  }

  #reserve(size: number): void {
    if (this.#end + size <= this.#bytes.length) return
    const { length } = this
    const room = length + size
    const larger = Buffer.allocUnsafeSlow(room <= SLAB ? SLAB : room * 2)
    this.#bytes.copy(larger, 0, this.#start, this.#end)
    this.#bytes = larger
    this.#start = 0
    this.#end = length
  }

  /** Seven bits in each byte, the lowest first; the eighth says that more follow. */
  #length(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#end++] = (rest & 0x7f) | 0x80
    this.#bytes[this.#end++] = rest
  }

  #uint16(value: number): void {
    this.#bytes[this.#end++] = value >>> 8
    this.#bytes[this.#end++] = value & 0xff
  }
}

import { MalformedPacket } from './errors.ts'
import { MAX_REMAINING } from './frame-writer.ts'
import { type LinkMessage, readPublish } from './publish-frame.ts'

/** Takes each packet in the turn in which it arrived. */
export interface FrameHandler {
  /** `packetId` is 0 for QoS 0, else the message is to be acknowledged. */
  publish(message: LinkMessage, packetId: number): void
  puback(packetId: number, reason: number): void
  pingresp(packet: Buffer): void
  /** Any other packet, whole. */
  other(packet: Buffer): void
}

const PUBLISH = 3
const PUBACK = 4
const PINGRESP = 13
/** CONNACK, SUBACK, UNSUBACK, DISCONNECT, AUTH. */
const OTHERS = [2, 9, 11, 14, 15]

/**
 * Cuts what arrives into packets. Throws `MalformedPacket` for what is none: the connection cannot be read any further then. Holds no
 * more than twice what has arrived of one packet.
 */
export class FrameReader {
  readonly #version: 4 | 5
  readonly #handler: FrameHandler
  readonly #maximum: number
  /** The beginning of a packet that came in pieces. */
  #held = Buffer.alloc(0)
  #size = 0

  /** `maximum`: of a packet's remaining length. */
  constructor(version: 4 | 5, handler: FrameHandler, maximum: number = MAX_REMAINING) {
    this.#version = version
    this.#handler = handler
    this.#maximum = maximum
  }

  read(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#size === 0) {
        const end = this.#endOfPacket(chunk, at, chunk.length)
        if (end !== undefined && end <= chunk.length) {
          this.#take(chunk, at, end)
          at = end
          continue
        }
      }
      at += this.#hold(chunk, at)
    }
  }

  /** Where the packet ends that begins at `start`. Undefined as long as its header is not complete. */
  #endOfPacket(bytes: Buffer, start: number, end: number): number | undefined {
    let length = 0
    for (let at = start + 1; at < end; at++) {
      const byte = bytes[at] as number
      length |= (byte & 0x7f) << (7 * (at - start - 1))
      if (byte < 0x80) {
        if (length > this.#maximum) throw new MalformedPacket(`packet of ${length} bytes: ${this.#maximum} are allowed`)
        return at + 1 + length
      }
      if (at === start + 4) throw new MalformedPacket('packet with a length that has no end')
    }
    return undefined
  }

  /** Takes what belongs to the packet that is not complete yet. Returns how much. */
  #hold(chunk: Buffer, start: number): number {
    const end = this.#endOfPacket(this.#held, 0, this.#size)
    const missing = end === undefined ? 1 : end - this.#size
    const taken = Math.min(missing, chunk.length - start)
    const size = this.#size + taken
    if (size > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(size * 2, end ?? 8))
      this.#held.copy(larger, 0, 0, this.#size)
      this.#held = larger
    }
    chunk.copy(this.#held, this.#size, start, start + taken)
    this.#size = size
    if (this.#endOfPacket(this.#held, 0, size) === size) {
      const packet = this.#held
      this.#held = Buffer.alloc(0)
      this.#size = 0
      this.#take(packet, 0, size)
    }
    return taken
  }

  #take(bytes: Buffer, start: number, end: number): void {
    let body = start + 1
    while ((bytes[body++] as number) > 0x7f);
    const type = (bytes[start] as number) >> 4
    if (type === PUBLISH) {
      const { message, packetId } = readPublish(bytes, start, body, end, this.#version)
      this.#handler.publish(message, packetId)
    } else if (type === PUBACK) this.#puback(bytes, body, end)
    else if (type === PINGRESP) this.#handler.pingresp(bytes.subarray(start, end))
    else if (OTHERS.includes(type)) this.#handler.other(bytes.subarray(start, end))
    else throw new MalformedPacket(`packet of type ${type}, which no broker sends us`)
  }

  /** MQTT 5, section 3.4. What follows the reason is text for people. */
  #puback(bytes: Buffer, body: number, end: number): void {
    const isLong = end > body + 2
    if (end < body + 2 || (isLong && this.#version === 4)) throw new MalformedPacket(`PUBACK of ${end - body} bytes`)
    const packetId = ((bytes[body] as number) << 8) | (bytes[body + 1] as number)
    this.#handler.puback(packetId, isLong ? (bytes[body + 2] as number) : 0)
  }
}

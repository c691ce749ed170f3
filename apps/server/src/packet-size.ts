import type { Socket } from 'node:net'

/** The longest remaining length that four bytes of 7 bits hold: a fifth byte is malformed. */
const LENGTH_BYTES = 4

/**
 * Cuts a client that announces a packet larger than `limit`, before its bytes pile up: aedes has no limit of its own and
 * would collect up to 256 MiB for each client. The guard stands in `read`, which is where aedes takes its bytes.
 */
export function guardPacketSize(socket: Socket, limit: number): void {
  const frames = new FrameReader(limit)
  const read = socket.read.bind(socket)
  socket.read = (size?: number): Buffer | null => {
    const chunk: Buffer | null = read(size)
    if (chunk === null || frames.accept(chunk)) return chunk
    socket.destroy(new Error(`a packet of more than ${limit} bytes`))
    return null
  }
}

/** Follows the fixed headers of MQTT packets through a stream of bytes. */
export class FrameReader {
  readonly #limit: number
  /** Bytes of the current packet that are still to come; 0 before a header. */
  #body = 0
  /** Bytes of the current header that were read: the type, then the length. */
  #header = 0
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** False when a packet in `chunk` is longer than the limit, or its length is malformed. */
  accept(chunk: Uint8Array): boolean {
    let position = 0
    while (position < chunk.length) {
      if (this.#body > 0) {
        const skipped = Math.min(this.#body, chunk.length - position)
        this.#body -= skipped
        position += skipped
      } else if (!this.#readHeader(chunk[position++] ?? 0)) {
        return false
      }
    }
    return true
  }

  #readHeader(byte: number): boolean {
    if (this.#header === 0) {
      this.#header = 1
      this.#length = 0
      return true
    }
    if (this.#header > LENGTH_BYTES) return false
    this.#length += (byte & 0x7f) * 128 ** (this.#header - 1)
    this.#header++
    if (byte >= 128) return true
    this.#header = 0
    this.#body = this.#length
    return this.#length <= this.#limit
  }
}

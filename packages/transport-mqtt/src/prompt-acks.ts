const FIRST_HALF = Uint8Array.of(0xc0)
const SECOND_HALF = Uint8Array.of(0x00)

/**
 * Makes TCP acknowledge at once what was read. A broker with Nagle's algorithm on, as Mosquitto's is, sends no further small segment
 * until the last one is acknowledged; and a kernel waits for 40 ms for something to send along with that.
 *
 * So when a turn of the event loop has read and writes nothing, half a PINGREQ leaves. Half of one, because the PINGRESP to a whole one
 * would want to be acknowledged as well; the other half goes ahead of the next packet.
 */
export class PromptAcks {
  readonly #write: (bytes: Uint8Array) => void
  readonly #isExpecting: () => boolean
  #isHalfOpen = false
  /** PINGRESPs to come. */
  #pings = 0

  /** `isExpecting`: whether the broker may have something to send that we did not ask for by the next write. */
  constructor(write: (bytes: Uint8Array) => void, isExpecting: () => boolean) {
    this.#write = write
    this.#isExpecting = isExpecting
  }

  /** Before each packet. */
  beforeWrite(): void {
    if (this.#isHalfOpen) this.#closeHalf()
  }

  /** A turn has read, and writes nothing. */
  afterRead(): void {
    if (this.#isHalfOpen) this.#closeHalf()
    else if (this.#isExpecting()) {
      this.#isHalfOpen = true
      this.#write(FIRST_HALF)
    }
  }

  /** Whether a PINGRESP answers us. */
  takePong(): boolean {
    if (this.#pings === 0) return false
    this.#pings--
    return true
  }

  #closeHalf(): void {
    this.#isHalfOpen = false
    this.#pings++
    this.#write(SECOND_HALF)
  }
}

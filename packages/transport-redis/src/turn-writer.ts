import type { Socket } from 'node:net'
import { coalesceWrites } from '@botbus/core/transport-kit'

/** Characters that are written without waiting for the end of the turn, so that the socket can tell when it has enough. */
const MOST = 64 * 1024

/**
 * What one turn of the event loop sends leaves in one go. Commands that are text are put together before the socket sees them: it takes as
 * long to accept a chunk as a command takes to be made. Has the form in which `sendCommand` of ioredis takes a stream of its own.
 */
export class TurnWriter {
  readonly isPipeline = true
  readonly destination: { readonly redis: { readonly stream: Socket } }
  readonly #socket: Socket
  readonly #beforeBytes: () => void
  readonly #endTurn: () => void
  #text = ''
  #isScheduled = false

  constructor(socket: Socket) {
    this.#socket = socket
    this.destination = { redis: { stream: socket } }
    this.#beforeBytes = coalesceWrites(socket)
    this.#endTurn = () => {
      this.#isScheduled = false
      this.flush()
    }
  }

  write(chunk: string | Buffer): void {
    if (typeof chunk === 'string') {
      this.#text += chunk
      if (this.#text.length > MOST) this.flush()
      else this.#schedule()
    } else {
      this.#beforeBytes()
      this.flush()
      this.#socket.write(chunk)
    }
  }

  /** Hands everything to the socket at once. */
  flush(): void {
    if (this.#text === '') return
    const text = this.#text
    this.#text = ''
    // Otherwise it fails with the link.
    if (this.#socket.writable) this.#socket.write(text)
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#endTurn)
  }
}

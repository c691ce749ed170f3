import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** What mqtt.js takes for its socket: whole packets in, whole packets out. The socket closes with it, and it with the socket. */
export class ControlStream extends Duplex {
  readonly #socket: Socket
  readonly #send: (packets: Buffer) => void

  constructor(socket: Socket, send: (packets: Buffer) => void) {
    super()
    this.#socket = socket
    this.#send = send
    socket.once('close', () => this.destroy())
  }

  override _read(): void {
    // Packets are pushed as they arrive.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#send(chunk)
    done()
  }

  /** A packet comes in pieces, all in one go. */
  override _writev(pieces: { chunk: Buffer }[], done: () => void): void {
    this.#send(Buffer.concat(pieces.map(({ chunk }) => chunk)))
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }
}

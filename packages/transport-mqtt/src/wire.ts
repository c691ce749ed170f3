import type { Socket } from 'node:net'
import { ControlStream } from './control-stream.ts'
import { FrameReader } from './frame-reader.ts'
import { FrameWriter, type OutgoingPublish } from './frame-writer.ts'
import { PromptAcks } from './prompt-acks.ts'
import type { LinkMessage } from './publish-frame.ts'

/** Who takes the messages and their acknowledgements. */
export interface WireListener {
  /** It is acknowledged afterwards, if it has to be. */
  message(message: LinkMessage): void
  acknowledged(packetId: number, reason: number): void
  /** Whether anything may come beside the answers to what was written last. */
  isExpecting(): boolean
}

/** So much is written in the middle of a turn, so that the socket tells when it is too much. */
const ENOUGH = 65_536

/**
 * The bytes of one connection. PUBLISH and PUBACK are ours, everything else belongs to mqtt.js, which has `control` for its socket.
 * What one turn of the event loop writes leaves in one go.
 */
export class Wire {
  /** What mqtt.js reads and writes. */
  readonly control: ControlStream
  readonly #socket: Socket
  readonly #writer: FrameWriter
  readonly #acks: PromptAcks
  #listener: WireListener | undefined
  #hasConnected = false
  #isScheduled = false
  #hasRead = false
  #isDeferred = false

  constructor(socket: Socket, version: 4 | 5) {
    this.#socket = socket
    this.#writer = new FrameWriter(version)
    this.#acks = new PromptAcks(
      (bytes) => {
        this.#writer.bytes(bytes)
        this.#schedule()
      },
      () => this.#listener?.isExpecting() ?? false,
    )
    this.control = new ControlStream(socket, (packets) => {
      this.#open()
      this.#writer.bytes(packets)
      // CONNECT. A broker that refuses our certificate hangs up soon, and we read why only if nothing is written after that.
      if (!this.#hasConnected) this.#write()
      this.#hasConnected = true
    })
    const reader = new FrameReader(version, {
      publish: (message, packetId) => {
        this.#listener?.message(message)
        if (packetId === 0) return
        this.#open()
        this.#writer.puback(packetId)
      },
      puback: (packetId, reason) => this.#listener?.acknowledged(packetId, reason),
      pingresp: (packet) => {
        if (!this.#acks.takePong()) this.control.push(packet)
      },
      other: (packet) => this.control.push(packet),
    })
    socket.on('data', (chunk: Buffer) => this.#read(reader, chunk))
  }

  /** Before anything is subscribed. */
  listen(listener: WireListener): void {
    this.#listener = listener
  }

  /** `packetId` is 0 for QoS 0. Throws `INVALID_PAYLOAD` for what no packet can hold. */
  publish(message: OutgoingPublish, packetId: number): void {
    this.#open()
    this.#writer.publish(message, packetId)
    if (this.#writer.length >= ENOUGH) this.#write()
  }

  /** Writes these last bytes, and closes. */
  end(packet: Uint8Array): void {
    this.#open()
    this.#writer.bytes(packet)
    this.#socket.end(this.#writer.take())
  }

  #read(reader: FrameReader, chunk: Buffer): void {
    this.#hasRead = true
    this.#schedule()
    try {
      reader.read(chunk)
    } catch (error) {
      this.#socket.destroy(error as Error)
    }
  }

  /** Before each packet. */
  #open(): void {
    this.#acks.beforeWrite()
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#flush)
  }

  readonly #flush = (): void => {
    this.#isScheduled = false
    if (this.#hasRead && this.#writer.length === 0) {
      // Only in the next turn: what this one writes on another connection goes first, and an answer may come still.
      if (!this.#isDeferred) {
        this.#isDeferred = true
        this.#schedule()
        return
      }
      this.#acks.afterRead()
    }
    this.#write()
    this.#hasRead = false
    this.#isDeferred = false
  }

  #write(): void {
    if (this.#writer.length === 0 || !this.#socket.writable) return
    this.#hasRead = false
    this.#isDeferred = false
    this.#socket.write(this.#writer.take())
  }
}

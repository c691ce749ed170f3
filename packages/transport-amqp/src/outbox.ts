import type { Socket } from 'node:net'
import { bodyRoom, FRAME_OVERHEAD, headRoom, longMessage, type MessageHead, writeMessage } from './frames.ts'

/** Bytes: what 64 calls of one turn need fits. */
const PAGE = 32 * 1024
const NOTHING = Buffer.alloc(0)

/**
 * Messages on their way to the socket: those of one turn of the event loop leave with one system call, which costs as much as the rest of
 * a message. Each is written straight into the page that leaves.
 */
export class Outbox {
  readonly #socket: Socket
  readonly #frameMax: number
  readonly #longest: number
  #page: Buffer = NOTHING
  /** What lies between has not left yet; before it is what the socket may still be reading. */
  #start = 0
  #end = 0
  #isScheduled = false
  #drained: Promise<void> | undefined

  constructor(socket: Socket, frameMax: number) {
    this.#socket = socket
    this.#frameMax = frameMax
    this.#longest = Math.min(PAGE, frameMax - FRAME_OVERHEAD)
  }

  /** Whether the socket takes more than it has to keep in memory. */
  get hasRoom(): boolean {
    return !this.#socket.writableNeedDrain
  }

  /** Resolves when there is room, or the socket has closed. Never rejects. */
  room(): Promise<void> {
    if (this.hasRoom) return Promise.resolve()
    this.#drained ??= new Promise<void>((resolve) => {
      const onRoom = (): void => {
        this.#socket.off('drain', onRoom)
        this.#socket.off('close', onRoom)
        this.#drained = undefined
        resolve()
      }
      this.#socket.once('drain', onRoom)
      this.#socket.once('close', onRoom)
    })
    return this.#drained
  }

  /** Throws `INVALID_ARGUMENT` when it cannot be written. */
  push(channel: number, head: MessageHead, body: string | Buffer): void {
    const room = headRoom(head) + bodyRoom(body)
    if (room > this.#longest) this.#pushLong(longMessage(channel, head, Buffer.from(body as string), this.#frameMax))
    else {
      if (room > this.#page.length - this.#end) this.#turnPage()
      this.#end = writeMessage(this.#page, this.#end, channel, head, body)
    }
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#onTurn)
  }

  /** Hands all to the socket. */
  flush(): void {
    if (this.#start === this.#end) return
    const bytes = this.#page.subarray(this.#start, this.#end)
    this.#start = this.#end
    this.#write(bytes)
  }

  readonly #onTurn = (): void => {
    this.#isScheduled = false
    this.flush()
  }

  #pushLong(message: Buffer): void {
    this.flush()
    this.#write(message)
  }

  #turnPage(): void {
    this.flush()
    this.#page = Buffer.allocUnsafeSlow(PAGE)
    this.#start = 0
    this.#end = 0
  }

  /** A link that went down loses what was on its way. */
  #write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }
}

import type { Socket } from 'node:net'
import { endOfValue, LONGEST_TEXT, MALFORMED } from './resp-frames.ts'

/** `name` is the channel or the glob that was subscribed to. */
export type MessageListener = (
  kind: 'subscribe' | 'psubscribe' | 'ssubscribe',
  name: string,
  channel: string,
  payload: Buffer,
) => void

type Reader = (chunk: Buffer) => void

/** Up to the length of what follows: `>3\r\n$7\r\nmessage\r\n$`, the same with `smessage`, four values with `pmessage`. */
const LENGTH_OF_HEAD = { subscribe: 18, ssubscribe: 19, psubscribe: 19 }
const LONGEST_HEAD = 19
const LINE_END = 2
const DOLLAR = 1
const [PUSH, CR, ZERO, SEVEN, EIGHT] = [0x3e, 0x0d, 0x30, 0x37, 0x38]
const [E, M, P, S] = [0x65, 0x6d, 0x70, 0x73]

/**
 * Reads messages, and only them, in place of ioredis, which takes three times as long for each. Everything else goes to what read the
 * socket before: also messages before RESP3, which look like replies.
 */
export class MessageTap {
  readonly #socket: Socket
  readonly #listener: MessageListener
  readonly #readers: readonly Reader[]
  /** The beginning of a value whose end has not arrived, and how long it is at least. */
  #waiting: Buffer[] = []
  #size = 0
  #needed = 0
  /** Where the text is that was read last. */
  #begin = 0
  #end = 0

  /** Called once for a socket, between two values. */
  constructor(socket: Socket, listener: MessageListener) {
    this.#socket = socket
    this.#listener = listener
    this.#readers = socket.listeners('data') as Reader[]
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    for (const reader of this.#readers) socket.off('data', reader)
  }

  #receive(chunk: Buffer): void {
    let data = chunk
    if (this.#size > 0) {
      this.#waiting.push(chunk)
      this.#size += chunk.length
      if (this.#size < this.#needed) return
      data = Buffer.concat(this.#waiting, this.#size)
      this.#waiting = []
      this.#size = 0
    }
    let start = 0
    while (start < data.length) {
      const end = this.#readValue(data, start)
      if (end === MALFORMED) {
        this.#socket.destroy(new Error('what Redis sent is no RESP'))
        return
      }
      if (end > data.length) {
        this.#keep(data, start, end)
        return
      }
      start = end
    }
  }

  #keep(data: Buffer, start: number, end: number): void {
    const rest = data.subarray(start)
    this.#needed = end - start
    this.#size = rest.length
    this.#waiting.push(rest)
  }

  /** Returns its end as `endOfValue` does. */
  #readValue(data: Buffer, start: number): number {
    const kind = kindAt(data, start)
    if (kind) return this.#readMessage(data, start, kind)
    const end = endOfValue(data, start)
    if (!isWhole(data, end)) return end
    const value = data.subarray(start, end)
    for (const reader of this.#readers) reader.call(this.#socket, value)
    return end
  }

  #readMessage(data: Buffer, start: number, kind: keyof typeof LENGTH_OF_HEAD): number {
    let end = this.#readText(data, start + LENGTH_OF_HEAD[kind])
    if (!isWhole(data, end)) return end
    let glob: string | undefined
    if (kind === 'psubscribe') {
      glob = data.toString('utf8', this.#begin, this.#end)
      end = this.#readText(data, end + DOLLAR)
      if (!isWhole(data, end)) return end
    }
    const channel = data.toString('utf8', this.#begin, this.#end)
    end = this.#readText(data, end + DOLLAR)
    if (!isWhole(data, end)) return end
    this.#tell(kind, glob ?? channel, channel, data.subarray(this.#begin, this.#end))
    return end
  }

  /** A listener that throws is a defect. It must not cost the messages of the same chunk, which nobody would read again. */
  #tell(...message: Parameters<MessageListener>): void {
    try {
      this.#listener(...message)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      process.emitWarning(`a listener of messages failed: ${JSON.stringify(reason)}`, 'BotbusWarning')
    }
  }

  /** Finds the text whose length is written at `position`. Returns the position behind its line end as `endOfValue` does. */
  #readText(data: Buffer, position: number): number {
    let length = 0
    let at = position
    for (; data[at] !== CR; at++) {
      const digit = (data[at] ?? CR) - ZERO
      if (at >= data.length) return at + 1
      if (digit < 0 || digit > 9) return MALFORMED
      length = 10 * length + digit
      if (length > LONGEST_TEXT) return MALFORMED
    }
    this.#begin = at + LINE_END
    this.#end = this.#begin + length
    return this.#end + LINE_END
  }
}

function isWhole(data: Buffer, end: number): boolean {
  return end !== MALFORMED && end <= data.length
}

function kindAt(data: Buffer, at: number): keyof typeof LENGTH_OF_HEAD | undefined {
  if (data[at] !== PUSH || data.length - at < LONGEST_HEAD) return undefined
  if (data[at + 5] === SEVEN) return data[at + 8] === M && data[at + 9] === E ? 'subscribe' : undefined
  if (data[at + 5] !== EIGHT || data[at + 9] !== M || data[at + 10] !== E) return undefined
  return data[at + 8] === S ? 'ssubscribe' : data[at + 8] === P ? 'psubscribe' : undefined
}

import type { Channel } from 'amqplib'
import { type NativeConnection, numberOf } from './native.ts'

/** What we read of a message; amqplib's own have more. */
export interface Incoming {
  readonly fields: { readonly deliveryTag: number; readonly routingKey: string }
  readonly properties: { readonly correlationId?: unknown; readonly replyTo?: unknown }
  readonly content: Buffer
}

type Receive = (message: Incoming) => void

/* Frames of AMQP 0-9-1, sections 2.3.5 and 4.2.6, as in frames.ts. */
const METHOD = 1
const HEADER = 2
const BODY = 3
const START = 7
const END = 0xce
/** Basic.Deliver: class 60, method 60. */
const DELIVER = (60 << 16) | 60
const TWO_32 = 2 ** 32
/** What may come before the correlation id, one bit each. */
const FLAG = { contentType: 0x8000, contentEncoding: 0x4000, headers: 0x2000, deliveryMode: 0x1000, priority: 0x0800 }
const CORRELATION_ID = 0x0400
const REPLY_TO = 0x0200
/** More flags follow; nobody has ever needed them. */
const MORE = 0x0001
const NOTHING = Buffer.alloc(0)
const NEVER = Number.POSITIVE_INFINITY

/**
 * Reads in amqplib's place: what is delivered to a receiver goes straight to it, if the whole message has come; everything else
 * goes on to amqplib, frame by frame. It takes half the time of the five objects, two closures and two events for each message there.
 */
export class Reader {
  readonly #connection: NativeConnection
  readonly #receivers = new Map<number, Receive>()
  #bytes: Buffer
  #at = 0

  constructor(connection: NativeConnection) {
    this.#connection = connection
    this.#bytes = connection.rest
    const decodeFrame = connection.recvFrame
    // Called by amqplib until there is no frame left.
    connection.recvFrame = () => {
      const frame = this.#nextFrame()
      if (frame === undefined) return false
      connection.rest = frame
      return decodeFrame.call(connection)
    }
  }

  /** For the one consumer of the channel, which has none of its messages to acknowledge. */
  receive(channel: Channel, listener: Receive): void {
    const number = numberOf(channel)
    this.#receivers.set(number, listener)
    channel.once('close', () => this.#receivers.delete(number))
  }

  #nextFrame(): Buffer | undefined {
    for (;;) {
      const end = this.#frameEnd(this.#at)
      if (end > this.#bytes.length) {
        if (!this.#readMore()) return undefined
      } else if (!this.#deliver(end)) {
        const frame = this.#bytes.subarray(this.#at, end)
        this.#at = end
        return frame
      }
    }
  }

  #readMore(): boolean {
    const connection = this.#connection
    const chunk: Buffer | null = connection.stream.read()
    if (chunk === null) return false
    connection.recvSinceLastCheck = true
    const rest = this.#bytes.subarray(this.#at)
    this.#bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    this.#at = 0
    return true
  }

  /** One that is too long is handed over as it is: amqplib refuses it. */
  #frameEnd(start: number): number {
    const bytes = this.#bytes
    if (start + START > bytes.length) return NEVER
    const size = uint32(bytes, start + 3)
    return size > this.#connection.maxFrameSize ? bytes.length : start + START + size + 1
  }

  /** False: it is nothing that we deliver, and nothing has happened. */
  #deliver(header: number): boolean {
    const bytes = this.#bytes
    const start = this.#at
    if (bytes[start] !== METHOD || uint32(bytes, start + START) !== DELIVER) return false
    const channel = uint16(bytes, start + 1)
    const receive = this.#receivers.get(channel)
    if (receive === undefined) return false
    const body = this.#frameEnd(header)
    if (body > bytes.length || bytes[header] !== HEADER || uint16(bytes, header + 1) !== channel) return false
    const size = uint32(bytes, header + START + 8)
    const end = size === 0 ? body : body + START + size + 1
    if (uint32(bytes, header + START + 4) !== 0 || end > bytes.length || bytes[end - 1] !== END) return false
    if (
      size > 0 &&
      !(bytes[body] === BODY && uint16(bytes, body + 1) === channel && uint32(bytes, body + 3) === size)
    ) {
      return false
    }
    const properties = this.#properties(header + START + 12, body - 1)
    if (properties === undefined) return false
    const content = size === 0 ? NOTHING : bytes.subarray(body + START, end - 1)
    const fields = this.#fields(start + START + 4)
    this.#at = end
    receive({ fields, properties, content })
    return true
  }

  #fields(start: number): Incoming['fields'] {
    const bytes = this.#bytes
    const tag = afterString(bytes, start)
    const key = afterString(bytes, tag + 9) // the tag, and whether it was delivered before
    const deliveryTag = uint32(bytes, tag) * TWO_32 + uint32(bytes, tag + 4)
    return { deliveryTag, routingKey: textAt(bytes, key) }
  }

  /** Undefined when there is something strange about them. */
  #properties(start: number, end: number): Incoming['properties'] | undefined {
    const bytes = this.#bytes
    const flags = uint16(bytes, start)
    let at = start + 2
    if (flags & FLAG.contentType) at = afterString(bytes, at)
    if (flags & FLAG.contentEncoding) at = afterString(bytes, at)
    if (flags & FLAG.headers) at += 4 + uint32(bytes, at)
    if (flags & FLAG.deliveryMode) at++
    if (flags & FLAG.priority) at++
    const id = at
    if (flags & CORRELATION_ID) at = afterString(bytes, at)
    const replyTo = at
    if (flags & REPLY_TO) at = afterString(bytes, at)
    if (at > end || flags & MORE) return undefined
    return {
      correlationId: flags & CORRELATION_ID ? textAt(bytes, id) : undefined,
      replyTo: flags & REPLY_TO ? textAt(bytes, replyTo) : undefined,
    }
  }
}

function textAt(bytes: Buffer, start: number): string {
  return bytes.toString('utf8', start + 1, afterString(bytes, start))
}

/** Behind the end of all bytes, when there are too few. */
function afterString(bytes: Buffer, start: number): number {
  return start + 1 + (bytes[start] ?? NEVER)
}

function uint16(bytes: Buffer, start: number): number {
  return ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0)
}

function uint32(bytes: Buffer, start: number): number {
  return uint16(bytes, start) * 0x10000 + uint16(bytes, start + 2)
}

import { BotbusError } from '@botbus/core'

/*
 * A message as bytes: Basic.Publish, its header and its body, of AMQP 0-9-1, sections 2.3.5 and 4.2.6
 * (https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf). amqplib makes five buffers of it and puts them through two streams.
 */

/** What is said of a message beside its body. */
export interface MessageHead {
  readonly exchange: string
  readonly key: string
  /** The broker sends it back when it reaches no queue. */
  readonly mandatory?: boolean
  readonly persistent?: boolean
  readonly contentType?: string
  readonly correlationId?: string | undefined
  readonly replyTo?: string
  /** Milliseconds, in digits. */
  readonly expiration?: string
}

const METHOD = 1
const HEADER = 2
const BODY = 3
const END = 0xce
/** Type, channel and size. */
const FRAME_START = 7
/** What a frame takes beside its content. */
export const FRAME_OVERHEAD: number = FRAME_START + 1
const BASIC = 60
const PUBLISH = 40
/** `mandatory` among the bits of Basic.Publish. */
const MANDATORY = 1
/** The bits that say which properties follow, in this order. */
const FLAG = { contentType: 0x8000, deliveryMode: 0x1000, correlationId: 0x0400, replyTo: 0x0200, expiration: 0x0100 }
const PERSISTENT = 2
/** All that has a fixed size: three frames, 9 bytes of method, 15 of header, and the lengths of six strings. */
const FIXED = 3 * FRAME_OVERHEAD + 9 + 15 + 6
const MAX_STRING = 255
/** Bytes of UTF-8 for one unit of UTF-16. */
const WIDEST = 3

/** At most so many bytes take all but the body and what further frames of it need. */
export function headRoom({ exchange, key, contentType, correlationId, replyTo, expiration }: MessageHead): number {
  const text = exchange.length + key.length + lengthOf(contentType) + lengthOf(correlationId)
  return FIXED + WIDEST * (text + lengthOf(replyTo) + lengthOf(expiration))
}

/** At most so many bytes take a body. */
export function bodyRoom(body: string | Buffer): number {
  return typeof body === 'string' ? WIDEST * body.length : body.length
}

/**
 * Writes a message whose body fits into one frame, and returns where it ends. Throws `INVALID_ARGUMENT` for text that AMQP cannot hold,
 * such as the id of a hostile request.
 */
export function writeMessage(
  target: Buffer,
  start: number,
  channel: number,
  head: MessageHead,
  body: string | Buffer,
): number {
  const header = writeMethod(target, start, channel, head)
  const content = writeHeader(target, header, channel, head) + FRAME_START
  const size = typeof body === 'string' ? target.write(body, content) : body.copy(target, content)
  writeUint32(target, header + FRAME_START + 8, size)
  return size === 0 ? content - FRAME_START : closeFrame(target, content - FRAME_START, BODY, channel, content + size)
}

/** The same for a body of any size: as many frames as it takes, each of `frameMax` bytes at most. */
export function longMessage(channel: number, head: MessageHead, body: Buffer, frameMax: number): Buffer {
  const most = frameMax - FRAME_OVERHEAD
  const target = Buffer.allocUnsafe(headRoom(head) + body.length + FRAME_OVERHEAD * Math.ceil(body.length / most))
  const header = writeMethod(target, 0, channel, head)
  let end = writeHeader(target, header, channel, head)
  writeUint32(target, header + FRAME_START + 8, body.length)
  for (let sent = 0; sent < body.length; sent += most) {
    const start = end + FRAME_START
    end = closeFrame(target, end, BODY, channel, start + body.copy(target, start, sent, sent + most))
  }
  return target.subarray(0, end)
}

function writeMethod(
  target: Buffer,
  start: number,
  channel: number,
  { exchange, key, mandatory }: MessageHead,
): number {
  let end = writeUint16(target, start + FRAME_START, BASIC)
  end = writeUint16(target, end, PUBLISH)
  end = writeUint16(target, end, 0) // reserved
  end = writeString(target, end, exchange)
  end = writeString(target, end, key)
  target[end] = mandatory ? MANDATORY : 0
  return closeFrame(target, start, METHOD, channel, end + 1)
}

/** Leaves the size of the body at 0, but for its lower half, which the caller fills in. */
function writeHeader(target: Buffer, start: number, channel: number, head: MessageHead): number {
  const { contentType, persistent, correlationId, replyTo, expiration } = head
  let flags = 0
  let end = writeUint16(target, start + FRAME_START, BASIC)
  end = writeUint16(target, end, 0) // weight, unused
  end = writeUint32(target, end, 0)
  const flagsAt = end + 4
  end = flagsAt + 2
  if (contentType !== undefined) {
    flags |= FLAG.contentType
    end = writeString(target, end, contentType)
  }
  if (persistent) {
    flags |= FLAG.deliveryMode
    target[end++] = PERSISTENT
  }
  if (correlationId !== undefined) {
    flags |= FLAG.correlationId
    end = writeString(target, end, correlationId)
  }
  if (replyTo !== undefined) {
    flags |= FLAG.replyTo
    end = writeString(target, end, replyTo)
  }
  if (expiration !== undefined) {
    flags |= FLAG.expiration
    end = writeString(target, end, expiration)
  }
  writeUint16(target, flagsAt, flags)
  return closeFrame(target, start, HEADER, channel, end)
}

/** Writes what stands around the content that ends at `end`. */
function closeFrame(target: Buffer, start: number, type: number, channel: number, end: number): number {
  target[start] = type
  writeUint16(target, start + 1, channel)
  writeUint32(target, start + 3, end - start - FRAME_START)
  target[end] = END
  return end + 1
}

function writeString(target: Buffer, start: number, text: string): number {
  const size = target.write(text, start + 1)
  if (size > MAX_STRING) {
    throw new BotbusError('INVALID_ARGUMENT', `AMQP holds no text of over ${MAX_STRING} bytes beside a body`, {
      outcome: 'not_sent',
    })
  }
  target[start] = size
  return start + 1 + size
}

function writeUint16(target: Buffer, start: number, value: number): number {
  target[start] = value >>> 8
  target[start + 1] = value
  return start + 2
}

function writeUint32(target: Buffer, start: number, value: number): number {
  writeUint16(target, start, value >>> 16)
  return writeUint16(target, start + 2, value)
}

function lengthOf(text: string | undefined): number {
  return text === undefined ? 0 : text.length
}

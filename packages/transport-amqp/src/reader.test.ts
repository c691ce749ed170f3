import { EventEmitter } from 'node:events'
import { Duplex } from 'node:stream'
import type { Channel } from 'amqplib'
import { describe, expect, it } from 'vitest'
import type { NativeConnection } from './native.ts'
import { type Incoming, Reader } from './reader.ts'

const frame = (type: number, channel: number, content: Buffer): Buffer => {
  const start = Buffer.from([type, 0, channel, 0, 0, 0, 0])
  start.writeUInt32BE(content.length, 3)
  return Buffer.concat([start, content, Buffer.from([0xce])])
}
const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])

const method = (id: number, channel = 1): Buffer => {
  const tag = Buffer.from([0, 0, 0, 1, 0, 0, 0, 2, 0])
  const fields = [Buffer.from([0, 60, 0, id]), text('consumer'), tag, text('exchange'), text('a.key')]
  return frame(1, channel, Buffer.concat(fields))
}
const header = (size: number, flags: number, ...properties: Buffer[]): Buffer =>
  frame(2, 1, Buffer.concat([Buffer.from([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, size, flags >> 8, flags]), ...properties]))

const TABLE = Buffer.from([0, 0, 0, 3, 1, 2, 3])
/** Everything that may come before the two that are read, and one behind. */
const ALL = header(
  2,
  0xff00,
  text('type'),
  text('gzip'),
  TABLE,
  Buffer.from([2, 9]),
  text('id'),
  text('back'),
  text('9'),
)
const DELIVER = [method(60), ALL, frame(3, 1, Buffer.from('hi'))]
const RETURN = [method(50), header(1, 0), frame(3, 1, Buffer.from('r'))]
const message = {
  fields: { deliveryTag: 2 ** 32 + 2, routingKey: 'a.key' },
  properties: { correlationId: 'id', replyTo: 'back' },
  content: Buffer.from('hi'),
}

/** What is delivered, and the frames that are left to amqplib, in the order in which they came. */
function read(...chunks: Buffer[]): (Incoming | Buffer)[] {
  const seen: (Incoming | Buffer)[] = []
  const stream = new Duplex({ read: () => undefined })
  const connection = {
    stream,
    frameMax: 4096,
    maxFrameSize: 4096,
    rest: Buffer.alloc(0),
    recvSinceLastCheck: false,
    recvFrame(): unknown {
      seen.push(Buffer.from(connection.rest))
      return true
    },
  }
  const reader = new Reader(connection as unknown as NativeConnection)
  const channel = Object.assign(new EventEmitter(), { ch: 1 }) as unknown as Channel
  reader.receive(channel, (incoming) => seen.push(incoming))
  for (const chunk of chunks) {
    stream.push(chunk)
    while (connection.recvFrame()) if (seen.length > 100) throw new Error('endless')
  }
  return seen
}

it('delivers whole messages and leaves all else to amqplib, in order', () => {
  const bytes = Buffer.concat([...RETURN, ...DELIVER, ...RETURN, ...DELIVER])
  expect(read(bytes)).toEqual([...RETURN, message, ...RETURN, message])
})

it('leaves a message to amqplib that has not come whole, wherever it was cut', () => {
  const bytes = Buffer.concat([...DELIVER, ...RETURN])
  for (let cut = 1; cut < bytes.length; cut++) {
    const seen = read(bytes.subarray(0, cut), bytes.subarray(cut))
    const isWhole = seen[0] === undefined || !Buffer.isBuffer(seen[0])
    expect(seen).toEqual([...(isWhole ? [message] : DELIVER), ...RETURN])
  }
})

it('delivers a message without properties and without a body', () => {
  const nothing = { correlationId: undefined, replyTo: undefined }
  expect(read(method(60), header(0, 0))).toEqual([method(60), header(0, 0)])
  expect(read(Buffer.concat([method(60), header(0, 0)]))).toEqual([
    { ...message, properties: nothing, content: Buffer.alloc(0) },
  ])
})

describe('leaves to amqplib', () => {
  const body = frame(3, 1, Buffer.from('hi'))
  it.each([
    ['properties that end too late', [method(60), header(2, 0x0400, Buffer.from([200, 1])), body]],
    ['a string without an end', [method(60), header(2, 0x0600, Buffer.from([0])), body]],
    ['flags that go on', [method(60), header(2, 0x0001, Buffer.from([0, 0])), body]],
    ['a body in two frames', [method(60), header(2, 0), frame(3, 1, Buffer.from('h')), frame(3, 1, Buffer.from('i'))]],
    ['another channel', [method(60, 2), ALL, body]],
    ['a frame of another channel in between', [method(60), frame(8, 0, Buffer.alloc(0)), ALL, body]],
  ])('%s', (_, frames) => {
    expect(read(Buffer.concat(frames))).toEqual(frames)
  })

  it('a frame that is longer than agreed', () => {
    const long = Buffer.from([3, 0, 1, 1, 0, 0, 0, 1, 2])
    expect(read(long)).toEqual([long])
  })
})

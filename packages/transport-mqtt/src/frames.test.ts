import type { BotbusError } from '@botbus/core'
import fc from 'fast-check'
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet'
import { describe, expect, it, vi } from 'vitest'
import { MalformedPacket } from './errors.ts'
import { FrameReader } from './frame-reader.ts'
import { FrameWriter } from './frame-writer.ts'
import type { LinkMessage } from './publish-frame.ts'

type Version = 4 | 5

/** What the packet library of mqtt.js reads. */
function parseAll(bytes: Buffer, version: Version): Packet[] {
  const packets: Packet[] = []
  const oracle = parser({ protocolVersion: version })
  oracle.on('packet', (packet) => packets.push(packet))
  oracle.on('error', (error) => {
    throw error
  })
  oracle.parse(bytes)
  return packets
}

interface Seen {
  readonly messages: { message: LinkMessage; packetId: number }[]
  readonly acknowledged: [packetId: number, reason: number][]
  readonly pings: number[]
  readonly others: Buffer[]
}

function readAll(chunks: readonly Uint8Array[], version: Version, maximum?: number): Seen {
  const seen: Seen = { messages: [], acknowledged: [], pings: [], others: [] }
  const handler = {
    publish: (message: LinkMessage, packetId: number) => void seen.messages.push({ message, packetId }),
    puback: (packetId: number, reason: number) => void seen.acknowledged.push([packetId, reason]),
    pingresp: (packet: Buffer) => void seen.pings.push(packet.length),
    other: (packet: Buffer) => void seen.others.push(Buffer.from(packet)),
  }
  const reader = new FrameReader(version, handler, maximum)
  for (const chunk of chunks) reader.read(Buffer.from(chunk))
  return seen
}

const version = fc.constantFrom<Version>(4, 5)
const topic = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => !/[+#\0]/.test(text))
const packetId = fc.integer({ min: 1, max: 16_384 })
const payload = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.uint8Array({ maxLength: 300 }))

describe('what is written', () => {
  it('is read by the packet library of mqtt.js as it was meant', () => {
    const publish = fc.record({
      topic,
      payload,
      retain: fc.boolean(),
      messageExpiryInterval: fc.option(fc.integer({ min: 1, max: 0xffff_ffff }), { nil: undefined }),
    })
    const packets = fc.array(fc.tuple(publish, fc.oneof(fc.constant(0), packetId)), { maxLength: 10 })
    fc.assert(
      fc.property(version, packets, (protocol, all) => {
        const writer = new FrameWriter(protocol)
        for (const [message, id] of all) writer.publish(message, id)
        const parsed = parseAll(writer.take(), protocol)
        expect(parsed).toHaveLength(all.length)
        for (const [index, [message, id]] of all.entries()) {
          const expiry = protocol === 5 ? message.messageExpiryInterval : undefined
          expect(parsed[index]).toMatchObject({
            cmd: 'publish',
            topic: message.topic,
            payload: Buffer.from(message.payload as string),
            retain: message.retain,
            dup: false,
            qos: id === 0 ? 0 : 1,
            ...(id === 0 ? {} : { messageId: id }),
            ...(expiry === undefined ? {} : { properties: { messageExpiryInterval: expiry } }),
          })
        }
      }),
    )
  })

  it.each([127, 128, 16_383, 16_384, 2_097_151, 2_097_152])('may be %i bytes long', (size) => {
    const writer = new FrameWriter(4)
    writer.publish({ topic: 'a', payload: new Uint8Array(size - 3) }, 0)
    writer.puback(9)
    const [message, acknowledgement] = parseAll(writer.take(), 4)
    expect(message).toMatchObject({ cmd: 'publish', length: size })
    expect(acknowledgement).toMatchObject({ cmd: 'puback', messageId: 9 })
  })

  it('leaves what was taken alone', () => {
    const writer = new FrameWriter(5)
    const taken = [1, 2, 3].map((id) => {
      writer.publish({ topic: 'a', payload: 'x'.repeat(20_000) }, id)
      return writer.take()
    })
    expect(taken.flatMap((bytes) => parseAll(bytes, 5)).map((packet) => packet.messageId)).toEqual([1, 2, 3])
    expect(writer.length).toBe(0)
  })

  it('keeps no memory of a large message', () => {
    const writer = new FrameWriter(5)
    writer.publish({ topic: 'a', payload: Buffer.alloc(10_000_000) }, 0)
    expect(writer.take().length).toBeGreaterThan(10_000_000)
    writer.publish({ topic: 'a', payload: 'small' }, 0)
    expect(writer.take().buffer.byteLength).toBeLessThan(100_000)
  })

  it('is refused when no packet can hold it, and the next one is whole', () => {
    const writer = new FrameWriter(5)
    const write = (): void => writer.publish({ topic: 'a'.repeat(65_536), payload: '' }, 1)
    expect(write).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD', outcome: 'not_sent' }) as BotbusError)
    writer.publish({ topic: 'a', payload: '' }, 1)
    expect(parseAll(writer.take(), 5)).toHaveLength(1)
  })
})

describe('what is read', () => {
  const properties = fc.record(
    {
      payloadFormatIndicator: fc.boolean(),
      messageExpiryInterval: fc.integer({ min: 0, max: 0xffff_ffff }),
      responseTopic: topic,
      correlationData: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      userProperties: fc.constant({ a: 'b', c: ['d', 'e'] }),
      contentType: fc.string({ maxLength: 20 }),
      subscriptionIdentifier: fc.array(fc.integer({ min: 1, max: 268_435_455 }), { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: [] },
  )
  const packet = fc.record({ topic, payload, retain: fc.boolean(), dup: fc.boolean(), id: fc.nat(65_535), properties })

  it('is what the packet library of mqtt.js wrote, wherever it was cut', () => {
    fc.assert(
      fc.property(
        version,
        fc.array(packet, { maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 400 })),
        (protocol, all, cuts) => {
          const bytes = all.map(({ id, dup, ...rest }) =>
            generate(
              {
                ...rest,
                properties: rest.properties as object,
                cmd: 'publish',
                payload: Buffer.from(rest.payload as string),
                dup: dup && id > 0,
                ...(id === 0 ? { qos: 0 } : { qos: 1, messageId: id }),
              } as IPublishPacket,
              { protocolVersion: protocol },
            ),
          )
          const { messages } = readAll(cut(Buffer.concat(bytes), cuts), protocol)
          expect(messages).toEqual(
            all.map(({ topic: name, payload: content, retain, id, properties: { subscriptionIdentifier: ids } }) => ({
              message: {
                topic: name,
                payload: Buffer.from(content as string),
                retained: retain,
                subscriptionIds: protocol === 4 || !ids ? undefined : ids.length === 1 ? ids[0] : ids,
              },
              packetId: id,
            })),
          )
        },
      ),
    )
  })

  it('comes whole when it was split at every byte', () => {
    const bytes = Buffer.concat([
      generate({ cmd: 'connack', reasonCode: 0, sessionPresent: false }, { protocolVersion: 5 }),
      generate({ cmd: 'puback', messageId: 300, reasonCode: 16 }, { protocolVersion: 5 }),
      Buffer.of(0xd0, 0x00),
      generate(
        { cmd: 'publish', topic: 'ä/b', payload: 'x'.repeat(300), qos: 1, messageId: 7, dup: false, retain: true },
        { protocolVersion: 5 },
      ),
    ])
    const whole = readAll([bytes], 5)
    expect(whole.acknowledged).toEqual([[300, 16]])
    expect(whole.pings).toEqual([2])
    expect(whole.others).toHaveLength(1)
    expect(whole.messages).toMatchObject([{ message: { topic: 'ä/b', retained: true }, packetId: 7 }])
    for (let at = 0; at <= bytes.length; at++) {
      expect(readAll([bytes.subarray(0, at), bytes.subarray(at)], 5)).toEqual(whole)
    }
    expect(
      readAll(
        [...bytes].map((byte) => Uint8Array.of(byte)),
        5,
      ),
    ).toEqual(whole)
  })

  it('breaks off at hostile bytes with an error of its own, and never otherwise', () => {
    const start = fc.constantFrom(0x30, 0x31, 0x32, 0x36, 0x40, 0xd0, 0x20, 0x90, 0xe0, 0x00, 0x50, 0xc0)
    const hostile = fc.tuple(start, fc.uint8Array({ maxLength: 60 }))
    fc.assert(
      fc.property(version, fc.array(hostile, { maxLength: 4 }), (protocol, packets) => {
        try {
          readAll(
            packets.flatMap(([first, body]) => [Uint8Array.of(first, body.length), body]),
            protocol,
            1_000,
          )
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedPacket)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it.each<[string, Version, number[]]>([
    ['a length of five bytes', 5, [0x30, 0xff, 0xff, 0xff, 0xff]],
    ['more bytes than allowed', 5, [0x30, 0xe9, 0x07]],
    ['a message without a topic', 4, [0x30, 0x02, 0x00, 0x00]],
    ['a topic longer than its packet', 4, [0x30, 0x03, 0x00, 0x05, 0x61]],
    ['a topic that is not UTF-8', 4, [0x30, 0x03, 0x00, 0x01, 0xff]],
    ['a NUL in a topic', 4, [0x30, 0x03, 0x00, 0x01, 0x00]],
    ['QoS 2, which nobody asked for', 4, [0x34, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01]],
    ['packet id 0', 4, [0x32, 0x05, 0x00, 0x01, 0x61, 0x00, 0x00]],
    ['no packet id', 4, [0x32, 0x03, 0x00, 0x01, 0x61]],
    ['no properties', 5, [0x30, 0x03, 0x00, 0x01, 0x61]],
    ['properties longer than the packet', 5, [0x30, 0x04, 0x00, 0x01, 0x61, 0x09]],
    ['a property that nobody knows', 5, [0x30, 0x06, 0x00, 0x01, 0x61, 0x02, 0x7f, 0x00]],
    ['a topic alias, which nobody allowed', 5, [0x30, 0x07, 0x00, 0x01, 0x61, 0x03, 0x23, 0x00, 0x01]],
    ['a property that is cut off', 5, [0x30, 0x06, 0x00, 0x01, 0x61, 0x02, 0x02, 0x00]],
    ['an acknowledgement without a packet id', 5, [0x40, 0x01, 0x00]],
    ['an acknowledgement with a reason on MQTT 3.1.1', 4, [0x40, 0x03, 0x00, 0x01, 0x10]],
    ['a packet that only clients send', 5, [0xc0, 0x00]],
  ])('is refused with %s', (_what, protocol, bytes) => {
    expect(() => readAll([Uint8Array.from(bytes)], protocol, 1_000)).toThrow(MalformedPacket)
  })

  it('takes no more memory than what has arrived, whatever length it names', () => {
    const allocated = vi.spyOn(Buffer, 'allocUnsafeSlow')
    readAll([Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f), ...Array.from({ length: 100 }, () => new Uint8Array(10))], 5)
    expect(Math.max(...allocated.mock.calls.map(([size]) => size))).toBeLessThan(3_000)
    allocated.mockRestore()
  })
})

function cut(bytes: Buffer, sizes: fc.Stream<number>): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const size = sizes.next().value as number
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

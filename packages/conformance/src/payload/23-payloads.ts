import { DEFAULT_LIMITS, type Delivery } from '@botbus/core'
import { expect } from 'vitest'
import { rawLink } from '../stage/raw-link.ts'
import { eventually, failure, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const MEBIBYTE = 2 ** 20
/** A broker that takes more than this is not filled to its limit. */
const LARGEST_TRIED = 32 * MEBIBYTE

const HEADERS = {
  empty: '',
  spaces: '   ',
  lines: 'first\nsecond\r\n\tthird',
  quotes: '"\'`\\',
  unicode: 'ä€😀\u0301\u202e',
  long: 'x'.repeat(5_000),
  number: '12',
  reply_to: 'not/an/address',
  correlation_id: 'mine',
  content_type: 'text/plain',
}

export function payloads({ promise }: Suite): void {
  promise(23, 'bytes arrive as they are: none, invalid UTF-8, zeros, 1 MiB', async (stage) => {
    const [publisher, subscriber] = [await rawLink(stage), await rawLink(stage)]
    const size = Math.min(MEBIBYTE, stage.capabilities.maxPayload)
    const all = [
      new Uint8Array(),
      Uint8Array.of(0xff, 0x00, 0xfe, 0xc3, 0x28),
      new Uint8Array(3),
      Buffer.from('ä€😀'),
      Uint8Array.from(numbers(size), (index) => (index * 31) % 251),
    ]
    const received: Delivery[] = []
    await subscriber.transport.subscribe(stage.topic('bytes'), (delivery) => void received.push(delivery))
    for (const payload of all) await publisher.transport.publish(stage.topic('bytes'), payload, { qos: 1 })
    await eventually(() => expect(received).toHaveLength(all.length))
    const sizes = (payload: Uint8Array): number => payload.byteLength
    expect(received.map(({ payload }) => payload.byteLength)).toEqual(all.map(sizes))
    for (const [index, payload] of all.entries()) {
      expect(Buffer.compare(payload, received[index]?.payload ?? new Uint8Array(1)), `payload ${index}`).toBe(0)
      expect(received[index]).toMatchObject({ topic: stage.topic('bytes'), retained: false })
    }
  })

  promise(23, 'what cannot be read is dropped and counted, and the stream goes on', async (stage) => {
    const publisher = await rawLink(stage)
    const subscriber = await stage.open()
    const received: unknown[] = []
    await subscriber.bus.subscribe(stage.topic('t'), ({ data }) => received.push(data))
    const bad = [Uint8Array.of(0x22, 0xff, 0x22), '{"a":', '['.repeat(10_000)]
    for (const payload of bad) await publisher.transport.publish(stage.topic('t'), payload, { qos: 1 })
    await publisher.transport.publish(stage.topic('t'), '{"good":true}', { qos: 1 })
    await eventually(() => expect(subscriber.dropped('invalid')).toHaveLength(bad.length))
    await eventually(() => expect(received).toEqual([{ good: true }]))
  })

  promise(23, 'odd header values come back unchanged', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    await server.bus.serve(stage.topic('headers'), (_, { headers }) => headers)
    expect(await client.bus.call(stage.topic('headers'), {}, { headers: HEADERS })).toEqual(HEADERS)
  })

  promise(23, 'a request and an answer of 1 MiB and of unicode come back unchanged', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    await server.bus.serve(stage.topic('echo'), (request) => request)
    // Less what the envelope and the transport add.
    const size = Math.min(MEBIBYTE, stage.capabilities.maxPayload - 2_048)
    for (const data of ['x'.repeat(size), 'ä€😀\u0000\u2028'.repeat(1_000)]) {
      expect((await client.bus.call(stage.topic('echo'), data)) === data).toBe(true)
    }
  })

  promise(
    23,
    'over the limit is a typed error, for messages, requests and answers, and the link stays',
    async (stage) => {
      const [server, client] = [await stage.open(), await stage.open()]
      const states: string[] = []
      for (const { bus } of [server, client]) bus.onState(({ status }) => void states.push(status))
      const limit = Math.min(DEFAULT_LIMITS.maxBytes, stage.capabilities.maxPayload)
      const tooMuch = 'x'.repeat(limit)
      await server.bus.serve(stage.topic('s'), (request) => (request === 'much' ? tooMuch : request))
      expect(await failure(client.bus.publish(stage.topic('t'), tooMuch))).toMatchObject({ code: 'INVALID_PAYLOAD' })
      const call = await failure(client.bus.call(stage.topic('s'), tooMuch))
      expect(call).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'not_sent' })
      const answer = await failure(client.bus.call(stage.topic('s'), 'much'))
      expect(answer).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'executed' })
      expect(await client.bus.call(stage.topic('s'), 'little')).toBe('little')
      expect(states).toEqual([])
    },
  )

  promise(23, 'what the capability says fits is taken by the broker, to the last byte', async (stage) => {
    const { maxPayload } = stage.capabilities
    const isTooLarge = maxPayload > LARGEST_TRIED
    const size = isTooLarge ? DEFAULT_LIMITS.maxBytes : maxPayload
    const limits = { maxBytes: size }
    const [publisher, subscriber] = [await stage.open({ bus: { limits } }), await stage.open({ bus: { limits } })]
    const received: number[] = []
    await subscriber.bus.subscribe(stage.topic('t'), ({ bytes }) => received.push(bytes))
    await publisher.bus.publish(stage.topic('t'), 'x'.repeat(size - 2), { qos: 1 })
    await eventually(() => expect(received).toEqual([size]))
  })
}

import { describe, expect, it, vi } from 'vitest'
import { startMosquitto } from '../../../scripts/broker/mosquitto/mosquitto.mjs'
import { files } from '../test/files.ts'
import { failure, open } from '../test/support.ts'
import { mqtt } from './mqtt.ts'

describe('payloads', () => {
  it('of 1 MiB, of no byte and of bytes that are no text arrive as they are', async () => {
    await using broker = await startMosquitto()
    const events = { state: vi.fn(), reply: vi.fn(), problem: vi.fn(), unanswerable: vi.fn() }
    const transport = mqtt({ url: broker.url })
    await transport.connect({ events })
    const received: Uint8Array[] = []
    await transport.subscribe('p', ({ payload }) => void received.push(payload))
    const payloads = [new Uint8Array(2 ** 20).fill(7), new Uint8Array(), Uint8Array.of(0xff, 0x00, 0xfe)]
    for (const payload of payloads) await transport.publish('p', payload, { qos: 1 })
    await vi.waitFor(() => expect(received).toHaveLength(3))
    for (const [index, payload] of payloads.entries())
      expect(Buffer.compare(payload, received[index] as Uint8Array)).toBe(0)
    await transport.close()
  })

  it('over the broker’s limit are refused here, and the connection stays', async () => {
    await using broker = await startMosquitto({ config: ['max_packet_size 2000'] })
    await using publisher = await open({ url: broker.url })
    const states = vi.fn()
    publisher.bus.onState(states)
    expect(publisher.bus.capabilities.maxPayload).toBe(1_700)
    const error = await failure(publisher.bus.publish('p/big', 'x'.repeat(2_000), { qos: 1 }))
    expect(error.code).toBe('INVALID_PAYLOAD')
    const call = await failure(publisher.bus.call('p/big', 'x'.repeat(2_000)))
    expect([call.code, call.outcome]).toEqual(['INVALID_PAYLOAD', 'not_sent'])
    await publisher.bus.publish(`p/${'y'.repeat(250)}`, 'x'.repeat(1_690), { qos: 1 })
    expect(states).not.toHaveBeenCalled()
  })

  it('keep within the broker’s receive maximum, and all arrive', async () => {
    await using broker = await startMosquitto({ config: ['max_inflight_messages 3'] })
    await using publisher = await open({ url: broker.url })
    await using subscriber = await open({ url: broker.url })
    const received: unknown[] = []
    await subscriber.bus.subscribe('w', ({ data }) => received.push(data))
    await Promise.all(Array.from({ length: 500 }, (_, index) => publisher.bus.publish('w', index, { qos: 1 })))
    await vi.waitFor(() => expect(received).toHaveLength(500))
  })

  it('published faster than the socket takes them wait for it, without a warning', async () => {
    await using broker = await startMosquitto()
    await using publisher = await open({ url: broker.url })
    const warned = vi.fn()
    process.on('warning', warned)
    await Promise.all(Array.from({ length: 5_000 }, () => publisher.bus.publish('fast', 'x'.repeat(1_000))))
    await publisher.bus.publish('fast', 'end', { qos: 1 })
    process.off('warning', warned)
    expect(warned).not.toHaveBeenCalled()
  })
})

describe('an access list', () => {
  const acl = { acl: 'topic readwrite hbot/#\n' }

  it('that allows hbot/# only is enough for calls of bots', async () => {
    await using folder = await files(acl)
    await using broker = await startMosquitto({ config: [`acl_file ${folder.path('acl')}`] })
    await using server = await open({ url: broker.url })
    await using client = await open({ url: broker.url })
    await server.bus.serve('hbot/alpha/status', () => ({ status: 200 }))
    expect(await client.bus.call('hbot/alpha/status', {}, { timeout: 2_000 })).toEqual({ status: 200 })
  })

  it('that denies a publish is reported on MQTT 5', async () => {
    await using folder = await files(acl)
    await using broker = await startMosquitto({ config: [`acl_file ${folder.path('acl')}`] })
    await using client = await open({ url: broker.url })
    const call = await failure(client.bus.call('service/echo', {}, { timeout: 2_000 }))
    expect([call.code, call.outcome]).toEqual(['UNAUTHORIZED', 'not_sent'])
    expect((await failure(client.bus.publish('other', 1, { qos: 1 }))).code).toBe('UNAUTHORIZED')
  })
})

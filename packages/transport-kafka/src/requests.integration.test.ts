import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { type KafkaInstance, startKafka } from '../../../scripts/broker/kafka/kafka.mjs'
import { administer, batchesOf, open } from '../test/support.ts'
import { NodeLink } from './kafkajs/node-link.ts'

let broker: KafkaInstance
beforeAll(async () => {
  broker = await startKafka()
})
afterAll(() => broker.stop())

it('connects and subscribes to nothing for a call, and needs no group', async () => {
  await using server = await open({ url: broker.url })
  await using client = await open({ url: broker.url })
  await server.bus.serve('calculator/add', (request) => request)
  await client.bus.call('calculator/add', 'first')
  const connected = vi.fn()
  subscribe('net.client.socket', connected)
  onTestFinished(() => void unsubscribe('net.client.socket', connected))
  const asked = vi.spyOn(NodeLink.prototype, 'call')
  onTestFinished(() => asked.mockRestore())
  for (let index = 0; index < 100; index++) expect(await client.bus.call('calculator/add', index)).toBe(index)
  expect(connected).not.toHaveBeenCalled()
  expect(new Set(asked.mock.calls.map(([api]) => api))).toEqual(new Set(['Produce', 'Fetch']))
  await administer({ url: broker.url }, async (admin) => {
    expect((await admin.listGroups()).groups).toEqual([])
  })
  // The administrator's own connection: a new one would have been seen.
  expect(connected).toHaveBeenCalled()
})

it('numbers what it writes, so that the broker takes nothing twice or out of order', async () => {
  const url = `${broker.url}?prefix=numbered&partitions=1`
  await using client = await open({ url })
  for (let index = 0; index < 5; index++) await client.bus.publish('a/b', index, { qos: 1 })
  await Promise.all([5, 6, 7].map((index) => client.bus.publish('a/b', index, { qos: 1 })))
  await client.bus.publish('a/b', 8, { qos: 1 })
  const batches = await batchesOf({ url: broker.url }, 'numbered.messages', 0)
  expect(batches.map(({ firstSequence }) => firstSequence)).toEqual([0, 1, 2, 3, 4, 5, 8])
  expect(new Set(batches.map(({ producerId }) => producerId)).size).toBe(1)
  // -1: of nobody in particular.
  expect(Number(batches[0]?.producerId)).toBeGreaterThanOrEqual(0)
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KafkaInstance, startKafka } from '../../../scripts/broker/kafka/kafka.mjs'
import { administer, hasOffsets, nextState, open, startChild } from '../test/support.ts'

let broker: KafkaInstance
beforeAll(async () => {
  broker = await startKafka()
})
afterAll(() => broker.stop())

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

it('keeps what a durable group has not got over a restart of the broker and of its members', async () => {
  const options = { group: 'books', atLeastOnce: true }
  await using publisher = await open({ url: broker.url })
  {
    await using member = await open({ url: broker.url })
    await member.bus.subscribe('trades/#', () => undefined, options)
  }
  for (const index of numbers(10)) await publisher.bus.publish(`trades/${index}`, index, { qos: 1 })
  const back = nextState(publisher.bus, 'connected')
  await broker.kill()
  await broker.start()
  await back
  for (const index of numbers(10)) await publisher.bus.publish(`trades/${index}`, 10 + index, { qos: 1 })
  const received = new Set<unknown>()
  await using member = await open({ url: broker.url })
  await member.bus.subscribe('trades/#', ({ data }) => received.add(data), options)
  await expect.poll(() => received.size, { timeout: 20_000 }).toBe(20)
  expect(await hasOffsets({ url: broker.url }, 'botbus.messages.durable/books/trades/#', 'botbus.messages')).toBe(true)
})

it('goes on with what is left where records were deleted before the group had them, and says so', async () => {
  const url = `${broker.url}?ownTopics=short/lived`
  const options = { group: 'slow', atLeastOnce: true }
  await using publisher = await open({ url })
  {
    await using member = await open({ url })
    await member.bus.subscribe('short/lived', () => undefined, options)
  }
  for (const index of numbers(10)) await publisher.bus.publish('short/lived', index, { qos: 1 })
  const partitions = [{ partition: 0, offset: '7' }]
  await administer({ url }, async (admin) => {
    // It must have looked at the topic before it can delete there.
    await admin.fetchTopicOffsets('short.lived')
    await admin.deleteTopicRecords({ topic: 'short.lived', partitions })
  })
  const received: unknown[] = []
  await using member = await open({ url })
  await member.bus.subscribe('short/lived', ({ data }) => received.push(data), options)
  await expect.poll(() => received, { timeout: 10_000 }).toEqual([7, 8, 9])
  expect(member.problems()).toEqual(['RESOURCE_EXHAUSTED'])
})

it('hands over no message twice while members come and go', async () => {
  const options = { group: 'steady', atLeastOnce: true, concurrency: 4 }
  await using publisher = await open({ url: broker.url })
  const received: unknown[] = []
  const members = [await open({ url: broker.url }), await open({ url: broker.url }), await open({ url: broker.url })]
  const [first, ...others] = members
  await first?.bus.subscribe('+/steady', ({ data }) => received.push(data), options)
  let isRunning = true
  const publishing = (async () => {
    let count = 0
    for (; isRunning; count++) await publisher.bus.publish(`k${count % 40}/steady`, count, { qos: 1 })
    return count
  })()
  for (const { bus } of others) await bus.subscribe('+/steady', ({ data }) => received.push(data), options)
  await members[1]?.bus.close()
  isRunning = false
  const count = await publishing
  await expect.poll(() => new Set(received).size, { timeout: 20_000 }).toBe(count)
  // What was being handled when its partition moved may come again: at most what may be under way.
  expect(received.length - count).toBeLessThanOrEqual(3 * (64 + 4))
  for (const { bus } of members) await bus.close()
})

it('deletes a group that keeps nothing when its last member leaves', async () => {
  const group = 'botbus.commands/short/+/short'
  const known = (): Promise<boolean> => hasOffsets({ url: broker.url }, group, 'botbus.commands')
  await using one = await open({ url: broker.url })
  await using other = await open({ url: broker.url })
  await one.bus.serve('+/short', () => 1, { group: 'short' })
  const service = await other.bus.serve('+/short', () => 2, { group: 'short' })
  expect(await known()).toBe(true)
  await service.close()
  expect(await known()).toBe(true)
  await one.bus.close()
  expect(await known()).toBe(false)
})

it('moves the share of a killed member to the others within 10 s; closed ones leave at once', async () => {
  await using client = await open({ url: broker.url })
  await using doomed = await startChild('worker', { url: broker.url })
  await using survivor = await startChild('worker', { url: broker.url })
  const ask = (index: number): Promise<unknown> => client.bus.call(`k${index}/work`, {}, { timeout: 2_000 })
  const servers = new Set(await Promise.all(numbers(40).map(ask)))
  expect(servers).toEqual(new Set([doomed.process.pid, survivor.process.pid]))
  const killed = performance.now()
  doomed.process.kill('SIGKILL')
  for (const index of numbers(40)) {
    await expect.poll(() => ask(index).catch(() => undefined), { timeout: 10_000 }).toBe(survivor.process.pid)
  }
  expect(performance.now() - killed).toBeLessThan(10_000)
  await using third = await startChild('worker', { url: broker.url })
  survivor.send('close')
  await new Promise((resolve) => survivor.process.once('exit', resolve))
  const left = performance.now()
  for (const index of numbers(40)) {
    await expect.poll(() => ask(index).catch(() => undefined), { timeout: 10_000 }).toBe(third.process.pid)
  }
  expect(performance.now() - left).toBeLessThan(5_000)
})

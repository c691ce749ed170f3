import { connectBus } from '@botbus/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KafkaInstance, startKafka } from '../../../scripts/broker/kafka/kafka.mjs'
import { failure, nextState, open, startChild, writeRaw } from '../test/support.ts'
import { kafka } from './kafka.ts'

let broker: KafkaInstance
beforeAll(async () => {
  broker = await startKafka()
})
afterAll(() => broker.stop())

async function restart(): Promise<void> {
  await broker.kill()
  await broker.start()
}

it.each([undefined, 'g'])('never runs late what was asked for while a server was away (group: %s)', async (group) => {
  const ran: unknown[] = []
  const options = group === undefined ? {} : { group }
  const address = `late-${group}/run`
  {
    await using away = await open({ url: broker.url })
    await away.bus.serve(address, (request) => ran.push(request), options)
  }
  await using client = await open({ url: broker.url })
  expect((await failure(client.bus.call(address, 'nobody there', { timeout: 300 }))).code).toBe('TIMEOUT')
  // A request whose deadline is far away: only its age tells that it is late.
  const pending = failure(client.bus.call(address, 'late', { timeout: 60_000 }))
  await client.bus.publish('fence', 1, { qos: 1 })
  const back = nextState(client.bus, 'connected')
  await restart()
  expect(await pending).toMatchObject({ code: 'NOT_CONNECTED', outcome: 'unknown' })
  await back
  await using server = await open({ url: broker.url })
  await server.bus.serve(address, (request) => ran.push(request), options)
  await expect.poll(() => client.bus.call(address, 'now', { timeout: 500 }).catch(() => 0), { timeout: 20_000 }).toBe(1)
  expect(new Set(ran)).toEqual(new Set(['now']))
})

it('reads on where it stopped when the link breaks, without missing or repeating a message', async () => {
  await using publisher = await open({ url: broker.url })
  await using subscriber = await open({ url: broker.url })
  const received: unknown[] = []
  await subscriber.bus.subscribe('resume/#', ({ data }) => received.push(data))
  await publisher.bus.publish('resume/a', 'before', { qos: 1 })
  await expect.poll(() => received).toEqual(['before'])
  const back = [nextState(publisher.bus, 'connected'), nextState(subscriber.bus, 'connected')]
  await broker.kill()
  await broker.start()
  await back[0]
  await publisher.bus.publish('resume/a', 'meanwhile', { qos: 1 })
  await back[1]
  await publisher.bus.publish('resume/a', 'after', { qos: 1 })
  await expect.poll(() => received).toEqual(['before', 'meanwhile', 'after'])
})

it('costs next to nothing while it is idle, warns of nothing, and lets its process end', async () => {
  await using child = await startChild('idle', { url: broker.url })
  const measured = child.next('measured')
  child.send('measure')
  const { value } = await measured
  // Of 4,000 ms. A timer of 1 ms, as kafkajs has it, takes 120 and more.
  expect(value).toBeLessThan(60)
  const ended = new Promise((resolve) => child.process.once('exit', resolve))
  child.send('close')
  expect(await ended).toBe(0)
  expect(child.stderr()).toBe('')
})

it('refuses what a topic does not take with INVALID_PAYLOAD, and goes on', async () => {
  await using client = await open({ url: `${broker.url}?ownTopics=small/out` })
  await using other = await open({ url: broker.url }, { limits: { maxBytes: 16 * 1024 * 1024 } })
  expect((await failure(other.bus.publish('t', 'x'.repeat(6 * 1024 * 1024)))).code).toBe('INVALID_PAYLOAD')
  const received: unknown[] = []
  await client.bus.subscribe('t', ({ data }) => received.push(data))
  await Promise.all([1, 2, 3].map((index) => other.bus.publish('t', index)))
  await expect.poll(() => received).toEqual([1, 2, 3])
})

it('shares a Kafka topic with other programs, in both directions', async () => {
  await using client = await open({ url: `${broker.url}?ownTopics=lab/in,lab/out` })
  await using other = await open({ url: `${broker.url}?ownTopics=lab/in` })
  const received: unknown[] = []
  await client.bus.subscribe('lab/in', ({ topic, data }) => received.push([topic, data]))
  await client.bus.subscribe('lab/+', ({ topic, data }) => received.push([topic, data]))
  await writeRaw({ url: broker.url }, 'lab.in', '{"a":1}')
  await expect
    .poll(() => received)
    .toEqual([
      ['lab/in', { a: 1 }],
      ['lab/in', { a: 1 }],
    ])
  await other.bus.publish('lab/in', { b: 2 })
  await expect.poll(() => received).toHaveLength(4)
})

it('drops what foreign programs write into its topics, whatever it is, and goes on', async () => {
  await using client = await open({ url: broker.url })
  const received: unknown[] = []
  await client.bus.subscribe('#', ({ data }) => received.push(data))
  await client.bus.serve('hbot/bot1/status', () => 'ok')
  for (const kind of ['messages', 'commands', 'replies'])
    await writeRaw({ url: broker.url }, `botbus.${kind}`, 'nonsense')
  expect(await client.bus.call('hbot/bot1/status')).toBe('ok')
  await client.bus.publish('t', 1)
  await expect.poll(() => received).toEqual([1])
})

it('skips what is compressed so that it cannot be read, says so, and goes on', async () => {
  await using client = await open({ url: `${broker.url}?ownTopics=squeezed/in` })
  const received: unknown[] = []
  await client.bus.subscribe('squeezed/in', ({ data }) => received.push(data))
  await writeRaw({ url: broker.url }, 'squeezed.in', '"snappy"', { isSnappy: true })
  await expect.poll(client.problems).toEqual(['INVALID_PAYLOAD'])
  await client.bus.publish('squeezed/in', 'plain')
  await expect.poll(() => received).toEqual(['plain'])
})

it('tells a port that does not speak Kafka from one where nobody listens', async () => {
  const closed = await failure(connectBus(kafka({ url: 'kafka://127.0.0.1:1' })))
  expect(closed).toMatchObject({ code: 'NOT_CONNECTED', message: expect.stringContaining('nothing listens there') })
})

it('tries each of several hosts', async () => {
  await using client = await open({ url: `kafka://127.0.0.1:1,127.0.0.1:${broker.port}` })
  await client.bus.publish('t', 1)
})

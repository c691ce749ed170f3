import { connectBus } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KafkaInstance, startKafka } from '../../../scripts/broker/kafka/kafka.mjs'
import { failure, grant, open, settingsOf, topicsOf } from '../test/support.ts'
import { kafka } from './kafka.ts'

const BOTS = 10_000
/** What the README asks for, besides creating topics. */
const TOPIC = ['READ', 'WRITE', 'DESCRIBE', 'DESCRIBE_CONFIGS'] as const
const GROUP = ['READ', 'DESCRIBE', 'DELETE'] as const

describe('topics', () => {
  let broker: KafkaInstance
  beforeAll(async () => {
    broker = await startKafka()
  })
  afterAll(() => broker.stop())

  it('are created with their partitions, retention and room for 4 MiB', async () => {
    const retention = { messages: 3_600_000, commands: 60_000, replies: 120_000 }
    const options = { url: `${broker.url}?prefix=made&partitions=5`, retention }
    await using client = await open(options)
    expect([...(await topicsOf({ url: broker.url }))].filter(([name]) => name.startsWith('made.'))).toEqual(
      expect.arrayContaining([
        ['made.messages', 5],
        ['made.commands', 5],
        ['made.replies', 5],
      ]),
    )
    for (const [kind, milliseconds] of Object.entries(retention)) {
      expect(await settingsOf(options, `made.${kind}`)).toEqual({
        'retention.ms': String(milliseconds),
        'segment.ms': String(milliseconds),
        'max.message.bytes': String(5 * 1024 * 1024),
        'cleanup.policy': 'delete',
      })
    }
    const received = new Promise<number>((resolve) => {
      void client.bus.subscribe('big', ({ bytes }) => resolve(bytes)).then(() => client.bus.publish('big', big))
    })
    const big = 'x'.repeat(4 * 1024 * 1024 - 2)
    expect(await received).toBe(4 * 1024 * 1024)
  })

  it('that exist are used as they are: partitions and the largest payload are theirs', async () => {
    await using first = await open({ url: `${broker.url}?prefix=same&partitions=2` })
    await using second = await open({ url: `${broker.url}?prefix=same&partitions=7` })
    await first.bus.serve('calculator/add', () => 'sum')
    expect(await second.bus.call('calculator/add')).toBe('sum')
    expect((await topicsOf({ url: broker.url })).get('same.commands')).toBe(2)
    expect(second.bus.capabilities.maxPayload).toBe(5 * 1024 * 1024 - 1_024)
  })

  it('of two prefixes know nothing of each other', async () => {
    await using one = await open({ url: `${broker.url}?prefix=one` })
    await using other = await open({ url: `${broker.url}?prefix=other` })
    const received: unknown[] = []
    await one.bus.subscribe('#', ({ data }) => received.push(data))
    await other.bus.publish('t', 'other')
    await one.bus.publish('t', 'one')
    await expect.poll(() => received).toEqual(['one'])
  })

  it('carry 10,000 bots: their heartbeats, events to them and calls of each, with less than 32 topics', async () => {
    const prefix = { url: `${broker.url}?prefix=fleet` }
    await using bots = await open(prefix)
    await using controller = await open(prefix)
    const ids = Array.from({ length: BOTS }, (_, index) => `bot-${index}`)
    const seen = { hb: new Set<string>(), tick: new Set<string>() }
    const options = { capacity: 2 * BOTS }
    await controller.bus.subscribe('hbot/+/hb', ({ topic }) => seen.hb.add(topic), options)
    await bots.bus.subscribe('hbot/+/external/event/tick', ({ topic }) => seen.tick.add(topic), options)
    await bots.bus.serve('hbot/+/status', (_, { address }) => address, { capacity: BOTS })
    await Promise.all(ids.map((id) => bots.bus.publish(`hbot/${id}/hb`, { status: 'running' })))
    await Promise.all(ids.map((id) => controller.bus.publish(`hbot/${id}/external/event/tick`, {})))
    const answers = await Promise.all(ids.map((id) => controller.bus.call(`hbot/${id}/status`)))
    expect(answers).toEqual(ids.map((id) => `hbot/${id}/status`))
    await expect.poll(() => [seen.hb.size, seen.tick.size], { timeout: 20_000 }).toEqual([BOTS, BOTS])
    expect((await topicsOf({ url: broker.url })).size).toBeLessThan(32)
  })
})

describe('a user who may not create topics', () => {
  it('learns which ones are missing and how to create them, and works as soon as they are there', async () => {
    const users = [
      { username: 'admin', password: 'admin-secret' },
      { username: 'ada', password: 'ada-secret' },
    ]
    const config = [
      'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users=User:ANONYMOUS;User:admin',
    ]
    await using broker = await startKafka({ users, config })
    const ada = { url: `${broker.url}?partitions=3`, username: 'ada', password: 'ada-secret' }
    const error = await failure(connectBus(kafka(ada)))
    expect(error.code).toBe('UNAUTHORIZED')
    for (const name of ['botbus.messages', 'botbus.commands', 'botbus.replies']) {
      expect(error.message).toContain(`--create --if-not-exists --topic ${name} --partitions 3`)
    }
    expect(error.message).toContain('user "ada"')
    expect(error.message).not.toContain('ada-secret')
    await using admin = await open({ ...ada, username: 'admin', password: 'admin-secret' })
    await admin.bus.publish('hbot/bot1/log', 'made')
    // Now they exist, and ada still may not see them.
    expect((await failure(connectBus(kafka(ada)))).code).toBe('UNAUTHORIZED')
    await grant({ url: broker.url, username: 'admin', password: 'admin-secret' }, 'ada', { TOPIC, GROUP })
    await using client = await open(ada)
    await client.bus.serve('calculator/add', () => 'sum', { group: 'g' })
    expect(await client.bus.call('calculator/add')).toBe('sum')
    const received: unknown[] = []
    const service = { group: 'g', atLeastOnce: true }
    await client.bus.subscribe('hbot/bot1/log', ({ data }) => received.push(data), service)
    await client.bus.publish('hbot/bot1/log', 'hello')
    await expect.poll(() => received).toEqual(['hello'])
    expect(client.bus.capabilities.maxPayload).toBeGreaterThan(4 * 1024 * 1024)
    await client.bus.close()
    expect(client.problems()).toEqual([])
  })
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KafkaInstance, startKafka } from '../../../scripts/broker/kafka/kafka.mjs'
import { administer, failure, nextState, open } from '../test/support.ts'

let broker: KafkaInstance
beforeAll(async () => {
  broker = await startKafka({ config: ['group.min.session.timeout.ms=10000'] })
})
afterAll(() => broker.stop())

it('names what a broker refuses groups with, and stays connected', async () => {
  await using client = await open({ url: broker.url })
  const refused = await failure(client.bus.subscribe('a/b', () => undefined, { group: 'g' }))
  expect(refused.code).toBe('INVALID_ARGUMENT')
  expect(refused.message).toContain('INVALID_SESSION_TIMEOUT')
  await client.bus.publish('a/b', 1)
})

it('connects again and creates the topic when it was deleted', async () => {
  const url = `${broker.url}?ownTopics=gone/soon`
  await using client = await open({ url })
  await client.bus.publish('gone/soon', 1)
  const back = nextState(client.bus, 'connected')
  await administer({ url: broker.url }, (admin) => admin.deleteTopics({ topics: ['gone.soon'] }))
  const refused = await failure(client.bus.publish('gone/soon', 2))
  expect(refused.code).toBe('NOT_CONNECTED')
  await back
  await client.bus.publish('gone/soon', 3)
})

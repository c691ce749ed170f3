import { describe, it } from 'vitest'
import { startRabbitmq } from '../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { startRedisCluster, startRedisSentinel } from '../../scripts/broker/redis/groups.mjs'
import { brokerOf, uniqueName } from '../support/test-broker.ts'
import { walk } from './walk.ts'

const walkOn = (url: string): Promise<void> => walk(url, uniqueName('bot'), uniqueName('swap'))
const hosts = (nodes: readonly { host: string; port: number }[]): string =>
  nodes.map(({ host, port }) => `${host}:${port}`).join(',')

/** The assertions are in the walk. */
describe('the same bot and client, with what the URL says behind the hosts', () => {
  it('on a vhost of RabbitMQ', async () => {
    await using broker = await startRabbitmq({ vhosts: ['lab'] })
    await walkOn(`${broker.url}/lab`)
  })

  it('on the MQTT plugin of RabbitMQ, which closes the connection of a client that asks for MQTT 5', async () => {
    await using broker = await startRabbitmq({ plugins: ['rabbitmq_mqtt'] })
    await walkOn(broker.mqttUrl ?? '')
  })

  it('on a database of Redis, with calls on lists', async () => {
    await using broker = await brokerOf('redis')
    await walkOn(`${broker.url}/3?rpc=lists`)
  })

  it('on a cluster of Redis', async () => {
    await using cluster = await startRedisCluster()
    await walkOn(`redis://${hosts(cluster.nodes)}?cluster=true`)
  })

  it('on Redis behind sentinels', async () => {
    await using group = await startRedisSentinel()
    await walkOn(`redis://${hosts(group.nodes)}?sentinel=${group.name}`)
  })
})

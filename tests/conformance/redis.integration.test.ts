import { createConnection } from 'node:net'
import { text } from 'node:stream/consumers'
import { type ConformanceBroker, type ConformanceSubject, testBridge, testTransport } from '@botbus/conformance'
import { startRedis } from '../../scripts/broker/redis/redis.mjs'
import { transport } from './peers/redis.ts'

const subject: ConformanceSubject = {
  name: 'redis',
  transport,
  startBroker: startRedis,
  peer: new URL('./peers/redis.ts', import.meta.url),
  brokerResources,
}

testTransport(subject)
testBridge(subject)

/** Connections beside the one that asks, channels, patterns and keys. */
async function brokerResources({ port }: ConformanceBroker): Promise<number> {
  const socket = createConnection({ host: '127.0.0.1', port: Number(port) })
  socket.end('INFO\r\n')
  const info = await text(socket)
  const value = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
  const names = ['connected_clients', 'pubsub_channels', 'pubsub_patterns', 'pubsubshard_channels']
  const keys = Number(/^db0:keys=(\d+)/m.exec(info)?.[1] ?? 0)
  return names.map(value).reduce((sum, count) => sum + count, keys - 1)
}

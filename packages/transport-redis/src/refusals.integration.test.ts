import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { connectBus } from '@botbus/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { BrokerInstance } from '../../../scripts/broker/process/broker-process.d.mts'
import { startRedis } from '../../../scripts/broker/redis/redis.mjs'
import { failure } from '../test/support.ts'
import { redis } from './redis.ts'

let broker: BrokerInstance
beforeAll(async () => {
  broker = await startRedis()
})
afterAll(() => broker.stop())

it.each([
  ['cluster', 'cluster=true'],
  ['sentinel', 'sentinel=mymaster'],
])('names the option "%s" that does not fit the server, and says what the server is', async (option, query) => {
  const error = await failure(connectBus(redis({ url: `${broker.url}?${query}` })))
  expect(error.code).toBe('INVALID_ARGUMENT')
  expect(error.message).toContain(`option "${option}"`)
  expect(error.message).toContain(`127.0.0.1:${broker.port}`)
  expect(error.message).toMatch(/it is a single server$/)
})

it.each([
  ['greets first, in another protocol', 'SSH-2.0-x\r\n'],
  ['closes without a word', ''],
])('asks whether it is a Redis port when what listens %s', async (_, words) => {
  const server = createServer((socket) => socket.on('error', () => undefined).end(words)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const error = await failure(connectBus(redis({ url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` })))
  server.close()
  expect(error.code).toBe('NOT_CONNECTED')
  expect(error.message).toContain('is it a Redis port')
})

import { BotClient } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import type { BotbusError, Bus } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRabbitmq } from '../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { startRedis } from '../../scripts/broker/redis/redis.mjs'
import { address, type TestBroker, urlOfCallers } from './brokers.ts'
import { PythonPeer } from './python-peer.ts'

/*
 * What commlib-py 0.13.2 does not do on AMQP and Redis, and what a call or a message comes to then. A test that fails here with a later
 * commlib-py is good news: docs/hummingbot.md says less than is true then.
 */

const RABBITMQ = { name: 'RabbitMQ', start: (): Promise<TestBroker> => startRabbitmq() }
const REDIS = { name: 'Redis', start: (): Promise<TestBroker> => startRedis() }
const opened: AsyncDisposable[] = []

async function python(broker: TestBroker, program: string, ...args: string[]): Promise<PythonPeer> {
  const peer = await PythonPeer.start(program, [...address(broker), ...args])
  opened.push(peer)
  return peer
}

async function open(broker: TestBroker, url = urlOfCallers(broker)): Promise<Bus> {
  const bus = await openBus(url)
  opened.push(broker, bus)
  return bus
}

afterAll(async () => {
  for (const member of opened.reverse()) await member[Symbol.asyncDispose]()
})

describe.each([RABBITMQ, REDIS])('the names of commlib-py on $name', ({ start }) => {
  it('are ours with . for /: it takes / as a letter, which we read as .', async () => {
    const broker = await start()
    const bus = await open(broker)
    const subscriber = await python(broker, 'commlib_cli.py', 'sub', 'lab/slashes')
    await bus.publish('lab/slashes', { from: 'the topic lab/slashes' })
    await bus.publish('lab.slashes', { from: 'the topic lab.slashes' })
    expect(await subscriber.next()).toEqual({ message: { from: 'the topic lab.slashes' } })
  })
})

describe('a commlib-py service on AMQP', () => {
  let broker: TestBroker
  let bus: Bus

  beforeAll(async () => {
    broker = await RABBITMQ.start()
    bus = await open(broker)
    await python(broker, 'bot_service.py', '--bot', 'pybot')
  })

  it('loses what its queue of ten cannot hold, but answers no call with the answer of another', async () => {
    const calls = Array.from({ length: 200 }, async (_, n) => {
      const answer = await bus.call('lab/double', { n }, { timeout: 3_000 }).catch((error: BotbusError) => error.code)
      return answer === 'TIMEOUT' ? 'lost' : expect(answer).toEqual({ double: n * 2 })
    })
    const settled = await Promise.all(calls)
    const lost = settled.filter((outcome) => outcome === 'lost').length
    expect(lost).toBeGreaterThan(0)
    expect(lost).toBeLessThanOrEqual(190)
  })

  it('answers when it fails as if it had not, with what an answer of its type holds by default', async () => {
    expect(await bus.call('lab/fails', {}, { timeout: 5_000 })).toEqual({ status: 200, msg: '' })
  })

  it('is known to be missing', async () => {
    const call = bus.call('lab/nobody', {}, { timeout: 5_000 })
    await expect(call).rejects.toMatchObject({ code: 'NO_RESPONDER', outcome: 'not_sent' })
  })
})

describe('on AMQP, by mistakes in commlib-py,', () => {
  it('a subscriber with a pattern cannot be made: the pattern is written in AMQP’s way, then refused as such', async () => {
    const broker = await RABBITMQ.start()
    opened.push(broker)
    const made = python(broker, 'event_listener.py', '--bot', 'pybot')
    await expect(made).rejects.toThrow('Invalid topic: hbot.pybot.external.event.#')
  })
})

describe('a commlib-py service on Redis', () => {
  let broker: TestBroker

  beforeAll(async () => {
    broker = await REDIS.start()
  })

  it('is called with rpc=lists only, which cannot know that a service is missing', async () => {
    const lists = await open(broker)
    const channels = await open(broker, broker.url)
    const missing = lists.call('lab/double', { n: 1 }, { timeout: 300 })
    await expect(missing).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
    await python(broker, 'bot_service.py', '--bot', 'pybot')
    expect(await lists.call('lab/double', { n: 2 })).toEqual({ double: 4 })
    const unreached = channels.call('lab/double', { n: 3 })
    await expect(unreached).rejects.toMatchObject({ code: 'NO_RESPONDER', outcome: 'not_sent' })
  })

  it('does not run the command of a call that has timed out before it came', async () => {
    const bot = new BotClient(await open(broker), 'late')
    await expect(bot.start({ script: 'old.py' }, { timeout: 300 })).rejects.toMatchObject({ code: 'TIMEOUT' })
    const service = await python(broker, 'bot_service.py', '--bot', 'late')
    await bot.start({ script: 'new.py' })
    expect(await service.next()).toMatchObject({ command: 'start', request: { script: 'new.py' } })
  })
})

import { randomUUID } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { openBus } from './open-bus.ts'

const invalid = (message: string) => ({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) })

describe('openBus', () => {
  it('lets buses of one memory name meet, and no others', async () => {
    const url = `memory:${randomUUID()}`
    await using server = await openBus(url)
    await using client = await openBus({ url })
    await using stranger = await openBus(`memory:${randomUUID()}`)
    await server.serve('hello', (name) => `Hello, ${String(name)}`)
    expect(await client.call('hello', 'Ada')).toBe('Hello, Ada')
    await expect(stranger.call('hello', 'Ada')).rejects.toMatchObject({ code: 'NO_RESPONDER' })
  })

  it('says that no URL is given, as a program without types may pass a variable that is not set', async () => {
    for (const broker of [undefined, null, {}]) {
      await expect(openBus(broker as never)).rejects.toMatchObject(invalid('no URL is given'))
    }
  })

  it('passes the options of the bus on', async () => {
    const observe = vi.fn()
    await using bus = await openBus(`memory:${randomUUID()}`, { hooks: { observe } })
    await bus.publish('a', 1)
    expect(observe).toHaveBeenCalledWith(expect.objectContaining({ type: 'published', topic: 'a' }))
  })

  it.each([
    [
      'localhost',
      '"localhost" is no broker URL; accepted: mqtt://HOST:PORT, mqtts://HOST:PORT, memory:NAME, embedded:',
    ],
    ['http://me:hunter2@host', '"http://host" is no broker URL'],
    ['amqps://host', 'the AMQP transport is not part of this version; accepted: mqtt://HOST:PORT'],
    ['redis://host', 'the Redis transport is not part of this version'],
    ['kafka://host', 'the Kafka transport is not part of this version'],
    ['mqtt://', 'the URL'],
    ['mqtt://host:99999', 'the URL cannot be read'],
    ['mqtt://host/path', 'something behind the host and port'],
    ['mqtt://u:%zz@host', '"%" that encodes nothing'],
    ['embedded:70000', 'a port from 1 to 65535'],
    ['memory:a/b', 'expected memory: or memory:NAME'],
  ])('refuses %s', async (url, message) => {
    await expect(openBus(url)).rejects.toMatchObject(invalid(message))
    await expect(openBus(url)).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') })
  })

  it('refuses wrong options at once, also when it would wait for the broker', async () => {
    const onAttempt = vi.fn()
    const broker = { url: 'mqtts://127.0.0.1:21399', passwordFile: '/nonexistent/secret' }
    const opening = openBus(broker, { waitForBroker: true, onAttempt })
    await expect(opening).rejects.toMatchObject(invalid('broker.passwordFile (/nonexistent/secret) cannot be read'))
    const tls = { ca: '/nonexistent/ca.pem' }
    await expect(openBus({ url: broker.url, tls })).rejects.toMatchObject(
      invalid('broker.tls.ca (/nonexistent/ca.pem)'),
    )
    await expect(openBus({ url: 'mqtt://h', tls })).rejects.toMatchObject(invalid('not encrypted; write mqtts://'))
    expect(onAttempt).not.toHaveBeenCalled()
  })
})

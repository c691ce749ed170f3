import { randomUUID } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { checkBrokerOptions, openBus } from './open-bus.ts'

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
      'broker: found "localhost"; it is no broker URL; accepted: mqtt://HOST:PORT, mqtts://HOST:PORT, amqp://HOST:PORT, amqps://HOST:PORT, ' +
        'redis://HOST:PORT, rediss://HOST:PORT, kafka://HOST:PORT, kafkas://HOST:PORT, memory:NAME, embedded:',
    ],
    ['http://me:hunter2@host', 'found "http://host"; it is no broker URL'],
    ['mqtt://', 'the URL names no host'],
    ['amqp:///vhost', 'the URL names no host'],
    ['kafka://a:9092,,b:9092', 'the URL names no host; accepted: kafka://host:9092'],
    ['redis:6379', 'the URL is not a URL like redis://host:6379'],
    ['mqtt://host:99999', 'the URL has a host or port that cannot be read'],
    ['kafka://a:9092,b:x', 'the URL has a host or port that cannot be read'],
    ['mqtt://u:%zz@host', 'the URL has a password with a % that is not part of a percent-encoded character'],
    ['amqp://u:hunter2/x@host', 'the URL has an "@" behind a "/"'],
    ['amqp://u:5/hunter2@host', 'the URL has an "@" behind a "/"'],
    ['kafka://u:hunter2#@host', 'the URL has an "@" behind a "/"'],
    ['mqtt://host/path', 'option "url" must end after the port'],
    ['embedded:70000', 'a port from 1 to 65535'],
    ['memory:a/b', 'expected memory: or memory:NAME'],
  ])('refuses %s', async (url, message) => {
    await expect(openBus(url)).rejects.toMatchObject(invalid(message))
    await expect(openBus(url)).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') })
  })

  it('refuses a connectTimeout that no timer can hold', async () => {
    await expect(openBus('mqtt://h', { connectTimeout: 0 })).rejects.toMatchObject(invalid('"connectTimeout"'))
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
    for (const [plain, secure] of Object.entries({ mqtt: 'mqtts', amqp: 'amqps', redis: 'rediss', kafka: 'kafkas' })) {
      const opening = openBus({ url: `${plain}://h`, tls })
      await expect(opening).rejects.toMatchObject(invalid(`${plain}://h is not encrypted; write ${secure}://`))
    }
    await expect(openBus({ url: 'memory:', tls })).rejects.toMatchObject(invalid('leave the tls section out'))
    expect(onAttempt).not.toHaveBeenCalled()
  })
})

describe('checkBrokerOptions', () => {
  it.each(['mqtt://h', 'amqps://h/v?mqttBots=true', 'redis://h/3', 'kafka://a,b?partitions=3', 'embedded:', 'memory:'])(
    'accepts %s, where nothing listens',
    (url) => expect(checkBrokerOptions(url)).resolves.toBeUndefined(),
  )

  it.each([
    ['kafka://h?sals=x', 'kafka option "url" has an unknown parameter "sals"'],
    ['mqtt://h/path', 'option "url" must end after the port'],
    ['rabbit://h', 'found "rabbit://h"; it is no broker URL'],
  ])('refuses %s as openBus does', async (url, message) => {
    await expect(checkBrokerOptions(url)).rejects.toMatchObject(invalid(message))
    await expect(openBus(url)).rejects.toMatchObject(invalid(message))
  })
})

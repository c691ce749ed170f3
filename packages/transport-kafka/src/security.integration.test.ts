import { connectBus } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KafkaInstance, startKafka } from '../../../scripts/broker/kafka/kafka.mjs'
import { authority, type Certificate, certificate } from '../../../tests/support/certificates.ts'
import { cutAfterGreeting } from '../test/cut.ts'
import { failure, open } from '../test/support.ts'
import { kafka } from './kafka.ts'

const ada = { username: 'ada', password: 'a "p@ss\\word"' }

describe.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('a login with %s', (mechanism) => {
  let broker: KafkaInstance
  beforeAll(async () => {
    broker = await startKafka({ users: [ada], mechanism })
  })
  afterAll(() => broker.stop())

  it('carries calls, messages and groups', async () => {
    await using client = await open({ url: broker.url, ...ada, sasl: mechanism })
    await client.bus.serve('calculator/add', () => 'sum', { group: 'g' })
    expect(await client.bus.call('calculator/add')).toBe('sum')
  })

  it('takes user and password out of the URL, percent-encoded', async () => {
    const credentials = `${ada.username}:${encodeURIComponent(ada.password)}`
    await using client = await open({ url: `${broker.url.replace('://', `://${credentials}@`)}?sasl=${mechanism}` })
    await client.bus.publish('t', 1)
  })

  it.each<[string, { username?: string; password?: string }]>([
    ['a wrong password', { ...ada, password: 'wrong' }],
    ['an unknown user', { username: 'eve', password: 'wrong' }],
    ['no user', {}],
  ])('rejects %s at once, and does not show it', async (_, login) => {
    const sasl = login.username === undefined ? {} : { sasl: mechanism }
    const error = await failure(connectBus(kafka({ url: broker.url, ...login, ...sasl })))
    expect(error.code).toBe('UNAUTHORIZED')
    expect(error.message).not.toContain('wrong')
  })
})

it('says to leave out the user where the broker asks for no login', async () => {
  await using broker = await startKafka()
  const error = await failure(connectBus(kafka({ url: broker.url, ...ada })))
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('leave out username') })
})

it('takes a broker that hangs up after its greeting for one that died, unless it asks for a login', async () => {
  await using broker = await startKafka()
  await using dying = await cutAfterGreeting(broker.port)
  const error = await failure(connectBus(kafka({ url: dying.url })))
  expect(error.code).toBe('NOT_CONNECTED')
  expect(dying.greeted()).toBe(true)
})

it('names the option when the broker does not offer that kind of login', async () => {
  await using broker = await startKafka({ users: [ada], mechanism: 'scram-sha-256' })
  const error = await failure(connectBus(kafka({ url: broker.url, ...ada, sasl: 'plain' })))
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"sasl"') })
})

describe('TLS', () => {
  let ca: Certificate
  let server: Certificate
  let broker: KafkaInstance
  beforeAll(async () => {
    ca = await authority('Test authority')
    server = await certificate(ca, 'localhost')
    broker = await startKafka({ tls: server, users: [ada], mechanism: 'scram-sha-512' })
  })
  afterAll(() => broker.stop())
  const login = { ...ada, sasl: 'scram-sha-512' } as const

  it('carries calls and a login when the certificate is right', async () => {
    await using client = await open({ url: broker.url, tls: { ca: ca.cert }, ...login })
    await client.bus.serve('calculator/add', () => 'sum')
    expect(await client.bus.call('calculator/add')).toBe('sum')
  })

  it('rejects a certificate of an authority that we do not trust, and says how to trust it', async () => {
    const error = await failure(connectBus(kafka({ url: broker.url, ...login })))
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('tls.ca') })
  })

  it('rejects a certificate for another host name', async () => {
    const tls = { ca: ca.cert, servername: 'elsewhere' }
    const error = await failure(connectBus(kafka({ url: broker.url, tls, ...login })))
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('tls.servername') })
  })

  it('says so where plain text meets TLS, and TLS plain text', async () => {
    const plain = await failure(
      connectBus(kafka({ url: broker.url.replace('kafkas', 'kafka'), connectTimeout: 3_000 })),
    )
    expect(plain.code).toBe('NOT_CONNECTED')
    await using open9092 = await startKafka()
    const secure = await failure(connectBus(kafka({ url: open9092.url.replace('kafka:', 'kafkas:') })))
    expect(secure.code).toBe('NOT_CONNECTED')
  })

  it('shows a certificate of its own where the broker wants one', async () => {
    const client = await certificate(ca, 'ada')
    await using strict = await startKafka({ tls: { ...server, ca: ca.cert } })
    await using connected = await open({ url: strict.url, tls: { ca: ca.cert, cert: client.cert, key: client.key } })
    await connected.bus.publish('t', 1)
    const without = await failure(connectBus(kafka({ url: strict.url, tls: { ca: ca.cert } })))
    expect(without.code).toBe('UNAUTHORIZED')
  })
})

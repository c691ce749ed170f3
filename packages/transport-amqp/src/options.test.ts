import { describe, expect, it } from 'vitest'
import { type AmqpOptions, parseOptions } from './options.ts'

const url = 'amqp://broker'
const parse = (options: Partial<AmqpOptions>): ReturnType<typeof parseOptions> => parseOptions({ url, ...options })

describe('options', () => {
  it('have defaults', () => {
    expect(parse({})).toEqual({
      host: 'broker',
      port: 5672,
      secure: false,
      vhost: '/',
      label: 'amqp://broker:5672',
      username: 'guest',
      password: 'guest',
      tls: {},
      keepalive: 15,
      connectTimeout: 10_000,
      mqttBots: false,
      namespaces: ['hbot'],
      durableQueues: 'classic',
    })
  })

  it.each([
    ['amqp://broker', '/'],
    ['amqp://broker/', '/'],
    ['amqp://broker/%2F', '/'],
    ['amqp://broker/desk%2Feu', 'desk/eu'],
    ['amqp://broker/team', 'team'],
    ['amqp://broker/a%20b%25', 'a b%'],
  ])('read the vhost of %s as %s', (text, vhost) => {
    expect(parse({ url: text }).vhost).toBe(vhost)
  })

  it('take credentials out of the URL, decoded, and never show them', () => {
    const settings = parse({ url: 'amqps://us%40er:p%2Fw@broker/team' })
    expect(settings).toMatchObject({ username: 'us@er', password: 'p/w', port: 5671, label: 'amqps://broker:5671' })
    expect(parse({ url: 'amqp://a:b@broker', username: 'c', password: 'd' })).toMatchObject({
      username: 'c',
      password: 'd',
    })
  })

  it('do not send the password of guest for another user', () => {
    expect(parse({ username: 'somebody' })).toMatchObject({ username: 'somebody', password: '' })
  })

  it('read mqttBots from the URL unless it is given beside it', () => {
    expect(parse({ url: `${url}/?mqttBots=true` }).mqttBots).toBe(true)
    expect(parse({ url: `${url}?mqttBots=true`, mqttBots: false }).mqttBots).toBe(false)
  })

  it.each<[string, Partial<AmqpOptions>]>([
    ['url', { url: 'mqtt://broker' }],
    ['url', { url: 'amqp://a,b' }],
    ['url', { url: 'amqp://broker/a/b' }],
    ['url', { url: 'amqp://broker?heartbeat=1' }],
    ['url', { url: 'amqp://broker?mqttBots=yes' }],
    ['password', { password: 'secret' }],
    ['keepalive', { keepalive: 0 }],
    ['connectTimeout', { connectTimeout: 0 }],
    ['namespaces', { namespaces: ['hbot/#'] }],
    ['durableQueues', { durableQueues: 'stream' as 'classic' }],
    ['tls', { tls: { ca: '-----BEGIN CERTIFICATE-----' } }],
  ])('refuse a wrong %s with its name', (name, options) => {
    expect(() => parse(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    expect(() => parse(options)).toThrow(`"${name}"`)
    expect(() => parse(options)).not.toThrow('secret')
  })
})

it('mqttBots that is neither true nor false is refused', () => {
  const options = { url: 'amqp://h', mqttBots: 'yes' as unknown as boolean }
  expect(() => parseOptions(options)).toThrow(/mqttBots/)
})

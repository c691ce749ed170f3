import { describe, expect, it } from 'vitest'
import { assertNoPassword, splitCredentials, withoutCredentials } from './broker-url.ts'

describe('assertNoPassword', () => {
  it.each([
    'mqtt://user:hunter2@host',
    'mqtts://:hunter2@host:1883',
    'mqtt://u:p/hunter2@host',
    'amqp://u:hunter2@h/v',
    'redis://:hunter2@h1:1,h2:2',
    'kafka://h1:1,h2:2?sasl=plain&password=hunter2',
  ])('refuses %s and names the ways that are safe', (url) => {
    expect(() => assertNoPassword(url)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('BOTBUS_BROKER_PASSWORD') }),
    )
    expect(() => assertNoPassword(url)).not.toThrow(/hunter2/)
  })

  it.each([
    'mqtt://host:1883',
    'mqtt://user@host:1883',
    'memory:name',
    'embedded:',
    'mqtt://[::1]:1883',
    'kafka://h1:1,h2:2?prefix=pass',
  ])('accepts %s', (url) => {
    expect(() => assertNoPassword(url)).not.toThrow()
  })
})

describe('splitCredentials', () => {
  it('decodes user and password and leaves a URL that is safe to show', () => {
    expect(splitCredentials('mqtts://a%40b:p%3A%2F@host:8883')).toEqual({
      url: 'mqtts://host:8883',
      username: 'a@b',
      password: 'p:/',
    })
    expect(splitCredentials('mqtt://host')).toEqual({ url: 'mqtt://host' })
    expect(splitCredentials('memory:name')).toEqual({ url: 'memory:name' })
  })

  it('leaves hosts, path and query as they are, also where there are several hosts', () => {
    expect(splitCredentials('kafka://ada:p%2Cw@h1:9092,[::1]:9093?sasl=plain')).toEqual({
      url: 'kafka://h1:9092,[::1]:9093?sasl=plain',
      username: 'ada',
      password: 'p,w',
    })
    expect(splitCredentials('amqps://ada:a:b@host/my%2Fvhost?mqttBots=true')).toEqual({
      url: 'amqps://host/my%2Fvhost?mqttBots=true',
      username: 'ada',
      password: 'a:b',
    })
    expect(splitCredentials('redis://:secret@host/3')).toEqual({ url: 'redis://host/3', password: 'secret' })
  })
})

describe('withoutCredentials', () => {
  it('also cuts them from what cannot be parsed', () => {
    expect(withoutCredentials('mqtt://u:p@ss@host:port')).toBe('mqtt://host:port')
    expect(withoutCredentials('//u:p@host')).toBe('//host')
    expect(withoutCredentials('redis://h?a=1&password=p&b=2')).toBe('redis://h?a=1&password=***&b=2')
  })
})

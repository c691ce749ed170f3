import { describe, expect, it } from 'vitest'
import { assertNoPassword, splitCredentials, withoutCredentials } from './broker-url.ts'

describe('assertNoPassword', () => {
  it.each([
    'mqtt://user:hunter2@host',
    'mqtts://:hunter2@host:1883',
    'mqtt://u:p/hunter2@host',
    'amqp://u:hunter2@h/v',
  ])('refuses %s and names the ways that are safe', (url) => {
    expect(() => assertNoPassword(url)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('BOTBUS_BROKER_PASSWORD') }),
    )
    expect(() => assertNoPassword(url)).not.toThrow(/hunter2/)
  })

  it.each(['mqtt://host:1883', 'mqtt://user@host:1883', 'memory:name', 'embedded:', 'mqtt://[::1]:1883'])(
    'accepts %s',
    (url) => {
      expect(() => assertNoPassword(url)).not.toThrow()
    },
  )
})

describe('splitCredentials', () => {
  it('decodes user and password and leaves a URL that is safe to show', () => {
    expect(splitCredentials('mqtts://a%40b:p%3A%2F@host:8883')).toEqual({
      url: 'mqtts://host:8883',
      username: 'a@b',
      password: 'p:/',
    })
    expect(splitCredentials('mqtt://host')).toEqual({ url: 'mqtt://host' })
  })
})

describe('withoutCredentials', () => {
  it('also cuts them from what cannot be parsed', () => {
    expect(withoutCredentials('mqtt://u:p@ss@host:port')).toBe('mqtt://host:port')
    expect(withoutCredentials('//u:p@host')).toBe('//host')
  })
})

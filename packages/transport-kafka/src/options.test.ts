import { BotbusError } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { type KafkaOptions, parseOptions } from './options.ts'

function refusal(options: KafkaOptions): string {
  try {
    parseOptions(options)
  } catch (error) {
    if (BotbusError.is(error) && error.code === 'INVALID_ARGUMENT') return error.message
    throw error
  }
  throw new Error('it was taken')
}

describe('parseOptions', () => {
  it('reads hosts, credentials and the query of a URL', () => {
    const url =
      'kafkas://ada:p%40ss%2Cw@a:1,b?prefix=lab&sasl=SCRAM-SHA-512&partitions=3&replicationFactor=2&ownTopics=x/in,x/out'
    expect(parseOptions({ url })).toMatchObject({
      endpoints: [
        { host: 'a', port: 1 },
        { host: 'b', port: 9093 },
      ],
      secure: true,
      label: 'kafkas://a:1,b:9093',
      username: 'ada',
      password: 'p@ss,w',
      prefix: 'lab',
      sasl: 'scram-sha-512',
      partitions: 3,
      replicationFactor: 2,
      ownTopics: ['x/in', 'x/out'],
    })
  })

  it('has defaults, and prefers options to the URL', () => {
    expect(parseOptions({ url: 'kafka://h' })).toMatchObject({
      endpoints: [{ host: 'h', port: 9092 }],
      prefix: 'botbus',
      partitions: 12,
      replicationFactor: -1,
      retention: { messages: 86_400_000, commands: 600_000, replies: 600_000 },
      ownTopics: [],
      keepalive: 15,
      connectTimeout: 10_000,
    })
    expect(parseOptions({ url: 'kafka://h?prefix=a', prefix: 'b' }).prefix).toBe('b')
  })

  it.each<[string, KafkaOptions]>([
    ['url', { url: 'mqtt://h' }],
    ['url', { url: 'kafka://h/path' }],
    ['url', { url: 'kafka://h?topics=a' }],
    ['password', { url: 'kafka://ada@h' }],
    ['username', { url: 'kafka://h', password: 'x' }],
    ['sasl', { url: 'kafka://h?sasl=plain' }],
    ['sasl', { url: 'kafka://a:b@h?sasl=kerberos' }],
    ['prefix', { url: 'kafka://h', prefix: 'a/b' }],
    ['partitions', { url: 'kafka://h?partitions=many' }],
    ['partitions', { url: 'kafka://h', partitions: 0 }],
    ['replicationFactor', { url: 'kafka://h', replicationFactor: 0 }],
    ['retention.commands', { url: 'kafka://h', retention: { commands: 0 } }],
    ['ownTopics', { url: 'kafka://h?ownTopics=a/%2B' }],
    ['ownTopics', { url: 'kafka://h', ownTopics: ['größe'] }],
    ['ownTopics', { url: 'kafka://h', ownTopics: ['a/b', 'a.b'] }],
    ['ownTopics', { url: 'kafka://h', ownTopics: ['a/b', 'a_b'] }],
    ['tls', { url: 'kafka://h', tls: { insecureSkipVerify: true } }],
    ['tls.ca', { url: 'kafkas://h', tls: { ca: '/etc/ca.pem' } }],
    ['clientId', { url: 'kafka://h', clientId: 'a\nb' }],
    ['keepalive', { url: 'kafka://h', keepalive: 0 }],
    ['connectTimeout', { url: 'kafka://h', connectTimeout: 0.5 }],
  ])('names the option %s that cannot be right', (option, options) => {
    expect(refusal(options)).toContain(`option "${option}"`)
  })

  it('says what "sasl" may be before it asks for a user', () => {
    expect(refusal({ url: 'kafka://h?sasl=plane' })).toContain('scram-sha-256')
    expect(refusal({ url: 'kafka://h?sasl=plain' })).toContain('needs a username')
  })

  it('never shows a password', () => {
    expect(refusal({ url: 'kafka://ada:hunter2@h?sasl=md5' })).not.toContain('hunter2')
    expect(parseOptions({ url: 'kafka://ada:hunter2@h' }).label).not.toContain('hunter2')
  })

  it('keeps a topic of its own away from those of everything else', () => {
    expect(refusal({ url: 'kafka://h', ownTopics: ['botbus/messages'] })).toContain('option "ownTopics"')
  })
})

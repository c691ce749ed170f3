import { BotbusError } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { mqtt } from './mqtt.ts'
import { type MqttOptions, parseOptions } from './options.ts'

const url = 'mqtt://127.0.0.1:1883'
const pem = '-----BEGIN CERTIFICATE-----'

describe('options', () => {
  it('have defaults', () => {
    expect(parseOptions({ url: 'mqtt://broker' })).toMatchObject({
      host: 'broker',
      port: 1883,
      secure: false,
      namespaces: ['hbot'],
      keepalive: 15,
      connectTimeout: 10_000,
      connections: 1,
      callQos: 0,
    })
    expect(parseOptions({ url: 'mqtts://broker' })).toMatchObject({ port: 8883, secure: true })
  })

  it('take credentials from the url, percent-decoded, unless given beside it', () => {
    expect(parseOptions({ url: 'mqtt://al%40ice:p%2Fw%25@broker' })).toMatchObject({
      username: 'al@ice',
      password: 'p/w%',
    })
    expect(parseOptions({ url: 'mqtt://a:b@broker', username: 'c', password: 'd' })).toMatchObject({
      username: 'c',
      password: 'd',
    })
  })

  it('take IPv6 addresses', () => {
    expect(parseOptions({ url: 'mqtt://[::1]:1884' })).toMatchObject({
      host: '::1',
      port: 1884,
      label: 'mqtt://[::1]:1884',
    })
  })

  it('keep generated client ids within the 23 characters of MQTT 3.1.1, and different', () => {
    const first = parseOptions({ url }).clientIds
    expect(first.publisher.length).toBeLessThanOrEqual(23)
    expect(first.subscriber).not.toBe(parseOptions({ url }).clientIds.subscriber)
    expect(parseOptions({ url, clientId: 'bot' }).clientIds).toEqual({ subscriber: 'bot', publisher: 'bot-pub' })
  })

  const refused: [string, MqttOptions, string][] = [
    ['text that is no URL', { url: 'broker' }, '"url"'],
    ['another scheme', { url: 'http://broker' }, '"url"'],
    ['no host', { url: 'mqtt://' }, '"url"'],
    ['a port out of range', { url: 'mqtt://broker:99999' }, '"url"'],
    ['port 0', { url: 'mqtt://broker:0' }, '"url"'],
    ['a path', { url: 'mqtt://broker/x' }, '"url"'],
    ['a query', { url: 'mqtt://broker?clientId=x' }, '"url"'],
    ['a broken percent-encoding', { url: 'mqtt://a:secret%zz@broker' }, '"url"'],
    ['a password without a user', { url, password: 'secret' }, '"password"'],
    ['an empty client id', { url, clientId: '' }, '"clientId"'],
    ['a client id with a control character', { url, clientId: 'a\u0000' }, '"clientId"'],
    ['a namespace with a wildcard', { url, namespaces: ['a/+'] }, '"namespaces"'],
    ['a last will on a pattern', { url, lastWill: { topic: '#', payload: '' } }, '"lastWill"'],
    ['another protocol version', { url, protocolVersion: 3 as 4 }, '"protocolVersion"'],
    ['three connections', { url, connections: 3 as 2 }, '"connections"'],
    ['a keepalive of 0', { url, keepalive: 0 }, '"keepalive"'],
    ['half a second of keepalive', { url, keepalive: 0.5 }, '"keepalive"'],
    ['a negative timeout', { url, connectTimeout: -1 }, '"connectTimeout"'],
    ['TLS options on an open link', { url, tls: { ca: pem } }, '"tls"'],
    ['a file name for a certificate', { url: 'mqtts://b', tls: { ca: '/etc/ca.pem' } }, '"tls.ca"'],
    ['a certificate without its key', { url: 'mqtts://b', tls: { cert: pem } }, '"tls.key"'],
    ['a key without its certificate', { url: 'mqtts://b', tls: { key: pem } }, '"tls.cert"'],
  ]
  it.each(refused)('refuse %s by the option’s name, at construction', (_, options, name) => {
    let thrown: unknown
    try {
      mqtt(options)
    } catch (error) {
      thrown = error
    }
    expect(BotbusError.is(thrown) && thrown.code).toBe('INVALID_ARGUMENT')
    expect(String(thrown)).toContain(name)
    expect(JSON.stringify([String(thrown), (thrown as Error).cause ?? null])).not.toContain('secret')
  })
})

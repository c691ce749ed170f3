import { BotbusError } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { assertMayListen, assertProxies } from './listen.ts'

const http = { host: '0.0.0.0', port: 8080, hosts: [], behindProxy: [] }

describe('where the server may listen', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost', '::ffff:127.0.0.1'])('is %s, without a login', (host) => {
    expect(() => assertMayListen({ ...http, host }, false)).not.toThrow()
  })

  it.each(['0.0.0.0', '::', '192.168.1.5', 'bots.example.org', '127.0.0.1.evil.example'])(
    'is not %s without TLS or a proxy, and it says what to do',
    (host) => {
      const listen = () => assertMayListen({ ...http, host }, true)
      expect(listen).toThrow(BotbusError)
      expect(listen).toThrow(/http\.tls\.cert.*http\.behindProxy.*SSH tunnel/)
    },
  )

  it('is any address with a login, and TLS or a proxy', () => {
    expect(() => assertMayListen({ ...http, tls: {} }, true)).not.toThrow()
    expect(() => assertMayListen({ ...http, behindProxy: ['10.0.0.1'] }, true)).not.toThrow()
    expect(() => assertMayListen({ ...http, tls: {} }, false)).toThrow(/set-up token/)
  })
})

describe('the proxies that are believed', () => {
  it('are addresses and ranges, never everybody', () => {
    expect(() => assertProxies(['127.0.0.1', '::1', '10.1.2.0/24', 'fd00::/8'])).not.toThrow()
    for (const entry of ['caddy', '0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0', '', 'true']) {
      expect(() => assertProxies([entry]), entry).toThrow(/http\.behindProxy: found/)
    }
  })
})

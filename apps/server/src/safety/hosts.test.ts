import { describe, expect, it } from 'vitest'
import { HostList } from './hosts.ts'

const local = { localAddress: '127.0.0.1', localPort: 8080 }

describe('the list of hosts', () => {
  it.each(['localhost:8080', '127.0.0.1:8080', '[::1]:8080', 'LOCALHOST:8080'])('knows this machine as %s', (host) => {
    expect(new HostList([]).kindOf(host, local)).toBe('loopback')
  })

  it.each([
    '',
    'localhost',
    'localhost:80',
    'localhost:08081',
    'localhost.:8080',
    '127.0.0.2:8080',
    '127.1:8080',
    '2130706433:8080',
    '0.0.0.0:8080',
    'evil.example',
    'evil.example:8080',
    'localhost:8080, evil.example',
    'localhost:8080@evil.example',
    'localhost:',
    'localhost:8080/',
    '[::1',
    'ⓛocalhost:8080',
  ])('knows no "%s"', (host) => expect(new HostList([]).kindOf(host, local)).toBeUndefined())

  it('takes a host without port for the port of its scheme', () => {
    const hosts = new HostList([])
    expect(hosts.kindOf('localhost', { ...local, localPort: 80 })).toBe('loopback')
    expect(hosts.kindOf('[::1]', { ...local, localPort: 443 })).toBe('loopback')
  })

  it('knows names that are configured: at its own port, and at that of a proxy', () => {
    const hosts = new HostList(['bots.example.org', 'Other.example:8443', 'localhost:9000'])
    expect(hosts.kindOf('bots.example.org', local)).toBe('public')
    expect(hosts.kindOf('bots.example.org:8080', local)).toBe('public')
    expect(hosts.kindOf('bots.example.org:9999', local)).toBeUndefined()
    expect(hosts.kindOf('other.example:8443', local)).toBe('public')
    expect(hosts.kindOf('other.example', local)).toBeUndefined()
    expect(hosts.kindOf('localhost:9000', local)).toBe('loopback')
    expect(hosts.kindOf('evil.bots.example.org', local)).toBeUndefined()
  })

  it('knows the address that a connection came in on: an address cannot be bound to another one', () => {
    const hosts = new HostList([])
    const lan = { localAddress: '::ffff:192.168.1.5', localPort: 8080 }
    expect(hosts.kindOf('192.168.1.5:8080', lan)).toBe('public')
    expect(hosts.kindOf('192.168.1.6:8080', lan)).toBeUndefined()
    expect(hosts.kindOf('[fe80::1]:8080', { localAddress: 'fe80::1', localPort: 8080 })).toBe('public')
  })

  it('refuses entries that are no host', () => {
    for (const entry of ['https://bots.example.org', 'a b', '*', 'host:port']) {
      expect(() => new HostList([entry])).toThrow(TypeError)
    }
  })
})

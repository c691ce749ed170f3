import { describe, expect, it } from 'vitest'
import { redis } from './index.ts'
import { parseOptions, type RedisOptions } from './options.ts'

const invalid = (options: RedisOptions): string => {
  try {
    redis(options)
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    expect(code).toBe('INVALID_ARGUMENT')
    return message
  }
  throw new Error(`${options.url} was accepted`)
}

describe('options', () => {
  it('read credentials and database out of the URL', () => {
    expect(parseOptions({ url: 'redis://al%40ice:se%2Fcret@localhost/2' })).toMatchObject({
      endpoints: [{ host: 'localhost', port: 6379 }],
      credentials: { username: 'al@ice', password: 'se/cret' },
      database: 2,
      label: 'redis://localhost:6379',
      rpc: 'channels',
    })
    expect(parseOptions({ url: 'rediss://:secret@h:1' })).toMatchObject({
      secure: true,
      credentials: { username: undefined, password: 'secret' },
    })
  })

  it('read sentinels, clusters and lists out of the URL', () => {
    const sentinels = parseOptions({ url: 'redis://h1,h2:1/3?sentinel=mymaster&rpc=lists' })
    expect(sentinels).toMatchObject({ sentinel: { name: 'mymaster' }, database: 3, rpc: 'lists' })
    expect(sentinels.endpoints).toEqual([
      { host: 'h1', port: 26_379 },
      { host: 'h2', port: 1 },
    ])
    const named = parseOptions({ url: 'redis://h', sentinel: { name: 'm', password: 'p' } })
    expect(named).toMatchObject({ sentinel: { name: 'm', password: 'p' }, endpoints: [{ port: 26_379 }] })
    expect(parseOptions({ url: 'redis://h1:7000,h2:7001?cluster=true' })).toMatchObject({ cluster: true })
  })

  it('are refused by name when they cannot be right', () => {
    expect(invalid({ url: 'http://h' })).toContain('"url"')
    expect(invalid({ url: 'redis://h/x' })).toContain('database')
    expect(invalid({ url: 'redis://h?cluser=true' })).toContain('"cluser"')
    expect(invalid({ url: 'redis://h?cluster=yes' })).toContain('"cluster"')
    expect(invalid({ url: 'redis://h?rpc=list' })).toContain('"rpc"')
    expect(invalid({ url: 'redis://h1,h2' })).toContain('sentinel')
    expect(invalid({ url: 'redis://h?sentinel=' })).toContain('"sentinel"')
    expect(invalid({ url: 'redis://h/1?cluster=true' })).toContain('database')
    expect(invalid({ url: 'redis://h?cluster=true&sentinel=m' })).toContain('"cluster"')
    expect(invalid({ url: 'redis://h?cluster=true&rpc=lists' })).toContain('"rpc"')
    expect(invalid({ url: 'redis://h', clientName: 'a b' })).toContain('"clientName"')
    expect(invalid({ url: 'redis://h', keepalive: 0 })).toContain('"keepalive"')
    expect(invalid({ url: 'redis://h', connectTimeout: -1 })).toContain('"connectTimeout"')
    expect(invalid({ url: 'redis://h', tls: { ca: '-----BEGIN ' } })).toContain('"tls"')
  })

  it('never show a password', () => {
    expect(invalid({ url: 'redis://u:secret@h/x' })).not.toContain('secret')
    expect(invalid({ url: 'redis://:se%cret@h' })).not.toContain('cret@')
  })
})

it('sentinels without the name of a master are refused, not taken for servers', () => {
  const options = { url: 'redis://h', sentinel: {} as { name: string } }
  expect(() => parseOptions(options)).toThrow(/sentinel/)
})

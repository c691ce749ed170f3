import { describe, expect, it } from 'vitest'
import { assertNoPath, parseBrokerUrl } from './broker-url.ts'
import { OptionChecks } from './option-checks.ts'

const checks = new OptionChecks('redis')
const schemes = { plain: 'redis', secure: 'rediss', ports: [6379, 6380] } as const
const parse = (url: string) => parseBrokerUrl(checks, url, schemes)

describe('a broker URL', () => {
  it('has a host, a default port by its scheme, and no credentials in its label', () => {
    expect(parse('redis://al%40ice:p%3Aw%25@broker')).toMatchObject({
      secure: false,
      host: 'broker',
      port: 6379,
      username: 'al@ice',
      password: 'p:w%',
      path: '',
      label: 'redis://broker:6379',
    })
    expect(parse('REDISS://broker')).toMatchObject({ secure: true, port: 6380, label: 'rediss://broker:6380' })
  })

  it('may have a password without a user name, a colon in it, and none of both', () => {
    expect(parse('redis://:a:b@broker')).toMatchObject({ username: undefined, password: 'a:b' })
    expect(parse('redis://broker')).toMatchObject({ username: undefined, password: undefined })
  })

  it('may name several hosts, a path and a query', () => {
    const url = parse('redis://one:1,[::1]:2,three/my%2Fpath?sentinel=main')
    expect(url.endpoints).toEqual([
      { host: 'one', port: 1 },
      { host: '::1', port: 2 },
      { host: 'three', port: 6379 },
    ])
    expect(url).toMatchObject({ host: 'one', path: 'my/path', label: 'redis://one:1,[::1]:2,three:6379' })
    expect(url.query.get('sentinel')).toBe('main')
  })

  it.each([
    ['no scheme', 'broker:6379'],
    ['another scheme', 'http://broker'],
    ['no host', 'redis://'],
    ['an empty host among others', 'redis://one,,two'],
    ['port 0', 'redis://broker:0'],
    ['a port beyond 65535', 'redis://broker:65536'],
    ['a port that is no number', 'redis://broker:secret'],
    ['a path of two levels', 'redis://broker/sec/ret'],
    ['a fragment', 'redis://broker/#secret'],
    ['a bad escape in the password', 'redis://user:secret%zz@broker'],
    ['an unescaped # in the password', 'redis://user:sec#ret@broker'],
    ['an unescaped / in the password', 'redis://user:sec/ret@broker'],
  ])('with %s is refused, and nothing secret is shown', (_, url) => {
    expect(() => parse(url)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/^redis option "url" (?!.*sec)/),
      }),
    )
  })

  it('without a host is refused with the form that is accepted', () => {
    expect(() => parse('redis://')).toThrow('names no host; accepted: redis://host:6379')
    expect(() => parse('rediss:///0')).toThrow('names no host; accepted: rediss://host:6380')
  })

  it('can be required to end after its port', () => {
    expect(() => assertNoPath(checks, parse('redis://broker/'), 'Redis')).not.toThrow()
    for (const end of ['/0', '/?a=1', '?a=1']) {
      expect(() => assertNoPath(checks, parse(`redis://broker${end}`), 'Redis')).toThrow('after the port')
    }
  })
})

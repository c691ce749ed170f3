import { describe, expect, it } from 'vitest'
import { type AttackedServer, attackedServer, setUp } from '../../test/attacked-server.ts'
import type { Attack } from '../../test/send.ts'
import { MAX_API_BODY } from './limits.ts'

interface Row {
  /** As the end of: "refuses ...". */
  readonly attack: string
  readonly send: (server: AttackedServer, browser: Record<string, string>) => Attack
  readonly status: number
  readonly code: string
  readonly reason: string
}

const stop = (headers: Record<string, string>): Attack => ({ method: 'POST', path: '/api/demo/stop', headers })
const echo = (browser: Record<string, string>, body: unknown, headers = {}): Attack => ({
  method: 'POST',
  path: '/api/demo/echo',
  headers: { ...browser, 'content-type': 'application/json', ...headers },
  body,
})
const get = (browser: Record<string, string>, path: string, headers = {}): Attack => ({
  path,
  headers: { ...browser, ...headers },
})

/** All are sent with the cookie of the admin, as the browser of a victim would. */
const ATTACKS: readonly Row[] = [
  // Cross-site request forgery.
  {
    attack: 'a form of another site',
    send: (_, browser) => stop({ ...browser, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
    status: 403,
    code: 'FORBIDDEN',
    reason: 'site',
  },
  {
    attack: 'a page on another port of this machine',
    send: (_, browser) => stop({ ...browser, origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }),
    status: 403,
    code: 'FORBIDDEN',
    reason: 'site',
  },
  {
    attack: 'another origin, where Sec-Fetch-Site is missing',
    send: (_, { cookie = '' }) => stop({ cookie, origin: 'https://evil.example' }),
    status: 403,
    code: 'FORBIDDEN',
    reason: 'site',
  },
  {
    attack: 'the origin "null" of a sandboxed frame',
    send: (_, { cookie = '' }) => stop({ cookie, origin: 'null' }),
    status: 403,
    code: 'FORBIDDEN',
    reason: 'site',
  },
  {
    attack: 'a cookie without any sign of where the request comes from',
    send: (_, { cookie = '' }) => stop({ cookie }),
    status: 403,
    code: 'FORBIDDEN',
    reason: 'site',
  },
  {
    attack: 'reading by a page of another site',
    send: (_, browser) =>
      get(browser, '/api/demo/bots', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }),
    status: 403,
    code: 'FORBIDDEN',
    reason: 'site',
  },
  {
    attack: 'JSON that a form sends as text/plain',
    send: (_, browser) => echo(browser, '{"a":"=1"}', { 'content-type': 'text/plain' }),
    status: 415,
    code: 'UNSUPPORTED_TYPE',
    reason: 'type',
  },
  {
    attack: 'the body of a form',
    send: (_, browser) => echo(browser, 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    status: 415,
    code: 'UNSUPPORTED_TYPE',
    reason: 'type',
  },
  // DNS rebinding.
  {
    attack: 'a name that was bound to the address of this machine',
    send: ({ port }, browser) => get(browser, '/api/demo/bots', { host: `rebound.evil.example:${port}` }),
    status: 421,
    code: 'HOST_NOT_ALLOWED',
    reason: 'host',
  },
  {
    attack: 'the right name with the wrong port',
    send: ({ port }, browser) => get(browser, '/api/demo/bots', { host: `127.0.0.1:${port + 1}` }),
    status: 421,
    code: 'HOST_NOT_ALLOWED',
    reason: 'host',
  },
  {
    attack: 'a name that begins like one of this machine',
    send: ({ port }, browser) => get(browser, '/api/demo/bots', { host: `localhost.evil.example:${port}` }),
    status: 421,
    code: 'HOST_NOT_ALLOWED',
    reason: 'host',
  },
  {
    attack: 'a host with a user in it',
    send: ({ port }, browser) => get(browser, '/api/demo/bots', { host: `localhost:${port}@evil.example` }),
    status: 421,
    code: 'HOST_NOT_ALLOWED',
    reason: 'host',
  },
  // Bodies.
  {
    attack: 'an oversized body',
    send: (_, browser) => echo(browser, JSON.stringify('x'.repeat(MAX_API_BODY))),
    status: 413,
    code: 'TOO_LARGE',
    reason: 'too_large',
  },
  {
    attack: 'deep JSON',
    send: (_, browser) => echo(browser, `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    status: 400,
    code: 'INVALID_JSON',
    reason: 'json',
  },
  {
    attack: 'wide JSON',
    send: (_, browser) => echo(browser, `[${'0,'.repeat(20_000)}0]`),
    status: 400,
    code: 'INVALID_JSON',
    reason: 'json',
  },
  {
    attack: 'a prototype in the body',
    send: (_, browser) => echo(browser, '{"a":{"__proto__":{"isAdmin":true}}}'),
    status: 400,
    code: 'INVALID_JSON',
    reason: 'json',
  },
  {
    attack: 'a prototype in the body, with escapes',
    send: (_, browser) => echo(browser, '{"\\u005f_proto_\\u005f":{"isAdmin":true}}'),
    status: 400,
    code: 'INVALID_JSON',
    reason: 'json',
  },
  {
    attack: 'the prototype of the constructor in the body',
    send: (_, browser) => echo(browser, '{"constructor":{"prototype":{"isAdmin":true}}}'),
    status: 400,
    code: 'INVALID_JSON',
    reason: 'json',
  },
  {
    attack: 'a body that is no JSON',
    send: (_, browser) => echo(browser, '{"a":'),
    status: 400,
    code: 'INVALID_JSON',
    reason: 'json',
  },
  {
    attack: 'a compressed body',
    send: (_, browser) => echo(browser, '{}', { 'content-encoding': 'gzip' }),
    status: 415,
    code: 'UNSUPPORTED_ENCODING',
    reason: 'encoding',
  },
  // Paths and queries.
  ...[
    '/api/demo/%2e%2e/%2e%2e/etc/passwd',
    '/api/demo/..%2f..%2fetc%2fpasswd',
    '/api/demo/%252e%252e%252fetc',
    '/api/demo/..%5c..%5cwindows',
    '/api/demo/..;/admin',
    '/api/../auth/users',
    '/api//demo/bots',
    '//evil.example/bots',
    '/api/demo/bots%00.png',
    '/api/demo/bots%0d%0aset-cookie:%20a=b',
    '/api\\demo\\bots',
    'http://evil.example/api/demo/bots',
    '/api/demo/search?%zz=1',
  ].map((path) => ({
    attack: `the path ${path}`,
    send: (_: unknown, browser: Record<string, string>) => get(browser, path),
    status: 400,
    code: path.includes('?') ? 'INVALID_QUERY' : 'INVALID_PATH',
    reason: path.includes('?') ? 'query' : 'path',
  })),
  ...['__proto__[isAdmin]=1', '__proto__.isAdmin=1', 'a[constructor][prototype][b]=1', '%5f_proto__=1'].map(
    (query) => ({
      attack: `the query ${query}`,
      send: (_: unknown, browser: Record<string, string>) => get(browser, `/api/demo/search?${query}`),
      status: 400,
      code: 'INVALID_QUERY',
      reason: 'query',
    }),
  ),
  ...['token', 'access_token', 'api_key', 'API_KEY', 'acc%65ss_token'].map((key) => ({
    attack: `a secret in the query as ${key}`,
    send: (server: AttackedServer, browser: Record<string, string>) =>
      get(browser, `/api/demo/bots?${key}=${server.hide(`secret-as-${key}-in-the-url`)}`),
    status: 400,
    code: 'SECRET_IN_URL',
    reason: 'token_in_url',
  })),
  // Methods and headers.
  ...['TRACE', 'OPTIONS', 'PROPFIND', 'LOCK'].map((method) => ({
    attack: `the method ${method}`,
    send: (_: unknown, browser: Record<string, string>) => ({ ...get(browser, '/api/demo/bots'), method }),
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
    reason: 'method',
  })),
  {
    attack: 'a huge number of headers',
    send: (_, browser) =>
      get(
        browser,
        '/api/demo/bots',
        Object.fromEntries(Array.from({ length: 500 }, (_none, index) => [`x-${index}`, '1'])),
      ),
    status: 431,
    code: 'TOO_MANY_HEADERS',
    reason: 'header',
  },
  {
    attack: 'an upgrade to WebSocket',
    send: (_, browser) =>
      get(browser, '/api/demo/bots', { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }),
    status: 400,
    code: 'UPGRADE_REFUSED',
    reason: 'upgrade',
  },
]

describe('an attacker with the browser of an admin', () => {
  it.each(ATTACKS)('is refused with $attack', async ({ send, status, code, reason }) => {
    const server = await attackedServer()
    const browser = await setUp(server)
    server.effects.length = 0
    expect((await server.send(get(browser, '/api/demo/bots'))).status).toBe(200)
    expect(server.effects).toEqual(['GET /api/demo/bots user:ada'])

    const answer = await server.send(send(server, browser))

    expect(answer).toMatchObject({ status, json: { error: { code } } })
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'")
    expect(server.effects).toEqual(['GET /api/demo/bots user:ada'])
    expect(await server.refused(reason)).toBe(1)
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
  })
})

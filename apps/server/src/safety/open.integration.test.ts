import { openStore } from '@botbus/store'
import { describe, expect, it } from 'vitest'
import { attackedServer, makeToken, NAME, PASSWORD, setUp } from '../../test/attacked-server.ts'

const stop = { method: 'POST', path: '/api/demo/stop' }

describe('a server without users', () => {
  it('is open to this machine without a login, until the first user is made', async () => {
    const server = await attackedServer()
    expect(server.safety).toMatchObject({ isOpen: true, setupToken: expect.stringMatching(/^bbs_[\w-]{43}$/) })
    expect((await server.send(stop)).status).toBe(200)
    expect(server.effects).toEqual(['POST /api/demo/stop local'])
    const session = { path: '/auth/session' }
    expect(await server.send(session)).toMatchObject({ json: { authenticated: true, actor: 'local', setup: true } })

    await setUp(server)
    expect((await server.send(stop)).status).toBe(401)
    expect(await server.send(session)).toMatchObject({ json: { authenticated: false, scopes: [], setup: false } })
  })

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' }, 403],
    ['a rebound name', { host: 'rebound.example' }, 421],
    ['a proxy that was not announced', { 'x-forwarded-for': '198.51.100.7' }, 401],
    ['a tunnel', { 'cf-connecting-ip': '198.51.100.7' }, 401],
  ])('is not open to %s', async (_name, headers, status) => {
    const server = await attackedServer()
    expect((await server.send({ ...stop, headers })).status).toBe(status)
    expect(server.effects).toEqual([])
  })

  it('is not open under a public name, nor behind a proxy', async () => {
    const named = await attackedServer({ http: { hosts: ['bots.example.org'] } })
    expect((await named.send({ ...stop, headers: { host: 'bots.example.org' } })).status).toBe(401)
    const proxied = await attackedServer({ http: { behindProxy: ['127.0.0.1'] } })
    expect((await proxied.send(stop)).status).toBe(401)
    expect(proxied.safety.isOpen).toBe(false)
  })

  it('makes no users and tokens but the first user, and that one with the set-up token only', async () => {
    const server = await attackedServer()
    const user = { name: NAME, password: PASSWORD }
    for (const [path, body] of [
      ['/auth/users', user],
      ['/auth/tokens', { name: 'ci', scopes: ['admin'] }],
    ] as const) {
      expect(await server.send({ method: 'POST', path, body })).toMatchObject({
        status: 409,
        json: { error: { code: 'SETUP_FIRST' } },
      })
    }
    const short = { method: 'POST', path: '/auth/setup', body: { ...user, token: 'x', password: 'too short' } }
    const answer = await server.send(short)
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'INVALID_REQUEST' } } })
    expect(answer.body).not.toContain('too short')
    expect(await server.store.accounts.users.count()).toBe(0)
  })

  it('issues another set-up token at each start, and none once there is a user', async () => {
    await using store = await openStore('sqlite::memory:')
    const first = await attackedServer({ store })
    const second = await attackedServer({ store })
    expect(second.safety.setupToken).not.toBe(first.safety.setupToken)
    const body = { token: first.safety.setupToken, name: NAME, password: PASSWORD }
    expect((await second.send({ method: 'POST', path: '/auth/setup', body })).status).toBe(401)
    await setUp(second)
    const third = await attackedServer({ store })
    expect(third.safety).toMatchObject({ setupToken: undefined, isOpen: false })
    expect((await third.send(stop)).status).toBe(401)
    // The one that was started before knows it too.
    expect((await first.send(stop)).status).toBe(401)
  })
})

describe('a proxy', () => {
  const http = { behindProxy: ['127.0.0.1'], hosts: ['bots.example.org'] }
  const host = { host: 'bots.example.org', 'x-forwarded-proto': 'https' }

  it('passes pages of its own name, and no others', async () => {
    const server = await attackedServer({ http })
    const body = { token: server.safety.setupToken, name: NAME, password: PASSWORD }
    const own = { ...host, origin: 'https://bots.example.org', 'sec-fetch-site': 'same-origin' }
    const made = await server.send({ method: 'POST', path: '/auth/setup', headers: own, body })
    expect(made.status).toBe(201)
    const [cookie = ''] = [made.headers['set-cookie']].flat()
    const browser = { ...own, cookie: cookie.split(';')[0] ?? '' }
    server.hide(browser.cookie.split('=')[1] ?? '')
    await makeToken(server, browser, { name: 'ci', scopes: ['read'] })
    expect((await server.send({ ...stop, headers: browser })).status).toBe(200)
    const other = { ...browser, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await server.send({ ...stop, headers: other })).status).toBe(403)
    const forged = { ...browser, 'x-forwarded-host': 'evil.example' }
    expect((await server.send({ ...stop, headers: forged })).status).toBe(421)
  })

  it('tells whose rate counts, and a client cannot tell it', async () => {
    const server = await attackedServer({ http })
    const login = (address: string) =>
      server.send({
        method: 'POST',
        path: '/auth/login',
        headers: { ...host, 'x-forwarded-for': address },
        body: { name: `user-${address}`, password: 'a wrong password' },
      })
    // What the client claims comes first; the proxy adds what it saw.
    for (let round = 0; round < 10; round += 1) expect((await login(`10.0.0.${round}, 198.51.100.7`)).status).toBe(401)
    expect((await login('10.0.0.99, 198.51.100.7')).status).toBe(429)
    expect((await login('198.51.100.8')).status).toBe(401)
  })
})

describe('a handler that fails', () => {
  it('tells the caller nothing of it', async () => {
    const server = await attackedServer()
    const answer = await server.send({ path: '/api/demo/broken' })
    expect(answer).toMatchObject({ status: 500, body: '{"error":{"code":"INTERNAL"}}' })
    expect(server.log()).toContain('a request failed')
  })
})

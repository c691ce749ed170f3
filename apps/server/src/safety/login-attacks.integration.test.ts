import { BotbusError } from '@botbus/core'
import { describe, expect, it, vi } from 'vitest'
import { attackedServer, cookieOf, makeToken, NAME, PASSWORD, setUp } from '../../test/attacked-server.ts'
import type { Answer } from '../../test/send.ts'

const login = (password: string, name = NAME) => ({ method: 'POST', path: '/auth/login', body: { name, password } })
const bots = (headers: Record<string, string>) => ({ path: '/api/demo/bots', headers })
const refused = (code: string) => ({ json: { error: { code } } })

describe('an attacker without a login', () => {
  it('who guesses passwords is slowed down, whether the user exists or not', async () => {
    const server = await attackedServer()
    await setUp(server)
    const answers: Answer[] = []
    for (let guess = 0; guess < 12; guess += 1) {
      answers.push(await server.send(login(server.hide(`wrong password ${guess}`), guess % 2 === 0 ? NAME : 'nobody')))
    }
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429, 429])
    expect(new Set(answers.slice(0, 10).map(({ body }) => body))).toEqual(
      new Set(['{"error":{"code":"UNAUTHORIZED"}}']),
    )
    expect(answers[11]?.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    expect(await server.refused('login')).toBe(10)
    expect(await server.refused('login_rate')).toBe(2)
    // Neither the guesses nor names that are nobody's are written.
    const entries = await server.store.audit.list()
    expect(entries.filter(({ action }) => action === 'login.failed')).toHaveLength(10)
    expect(JSON.stringify(entries)).not.toMatch(/wrong password|nobody"?,"target/)
  })

  it('learns nothing from the time of an answer: an unknown user costs a hash as well', async () => {
    const server = await attackedServer()
    await setUp(server)
    const timeOf = async (name: string): Promise<number> => {
      const began = performance.now()
      expect((await server.send(login('a wrong password', name))).status).toBe(401)
      return performance.now() - began
    }
    await timeOf('nobody')
    const [known, unknown] = [
      [await timeOf(NAME), await timeOf(NAME)],
      [await timeOf('nobody'), await timeOf('nobody')],
    ]
    // Without a hash the answer takes 1 ms; with one, some 20.
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 4)
  })

  it('who guesses tokens gets 429, and whoever has a right one is let in all the same', async () => {
    const server = await attackedServer()
    const token = await makeToken(server, await setUp(server), { name: 'ci', scopes: ['read'] })
    const guess = (text: string) => bots({ authorization: text })
    const guesses = ['Basic YWRhOnB3', 'Bearer ', 'Bearer x', `Bearer bbt_${'A'.repeat(43)}`, `bbt_${'A'.repeat(43)}`]
    for (let round = 0; round < 20; round += 1) {
      expect(await server.send(guess(guesses[round % guesses.length] ?? ''))).toMatchObject({
        status: 401,
        body: '{"error":{"code":"UNAUTHORIZED"}}',
      })
    }
    expect(await server.send(guess(`Bearer bbt_${'B'.repeat(43)}`))).toMatchObject({ status: 429 })
    // Nor is there another place to guess.
    const session = { path: '/auth/session', headers: { authorization: `Bearer bbt_${'B'.repeat(43)}` } }
    expect(await server.send(session)).toMatchObject({ status: 429 })
    expect((await server.send(bots(token))).status).toBe(200)
    expect(server.effects.filter((effect) => effect.includes('/api/'))).toEqual(['GET /api/demo/bots token:ci'])
  })

  it('cannot tell what is there: every path under /api is 401', async () => {
    const server = await attackedServer()
    await setUp(server)
    for (const path of [
      '/api/demo/bots',
      '/api/demo/nothing',
      '/api/nothing',
      '/api',
      '/auth/users',
      '/auth/nothing',
    ]) {
      expect(await server.send({ path }), path).toMatchObject({
        status: 401,
        body: '{"error":{"code":"UNAUTHORIZED"}}',
      })
    }
    expect(await server.send({ path: '/nothing' })).toMatchObject({
      status: 404,
      body: '{"error":{"code":"NOT_FOUND"}}',
    })
  })

  it('learns nothing of the store when it fails', async () => {
    const server = await attackedServer()
    await setUp(server)
    vi.spyOn(server.store.accounts.users, 'findByName').mockRejectedValue(
      new BotbusError('NOT_CONNECTED', 'the database db.internal:5432 is down'),
    )
    expect(await server.send(login('a wrong password'))).toMatchObject({
      status: 503,
      body: '{"error":{"code":"NOT_CONNECTED"}}',
    })
    expect(server.log()).toContain('db.internal')
  })

  it('who logs out at random writes nothing', async () => {
    const server = await attackedServer()
    await setUp(server)
    const remove = vi.spyOn(server.store.accounts.sessions, 'remove')
    const headers = { cookie: `botbus-${server.port}=${'R'.repeat(43)}`, origin: `http://${server.host}` }
    expect((await server.send({ method: 'POST', path: '/auth/logout', headers })).status).toBe(204)
    expect(remove).not.toHaveBeenCalled()
  })

  it('cannot set up a second first user, with the right token or a wrong one', async () => {
    const server = await attackedServer()
    const setup = (token: string | undefined, name: string) => ({
      method: 'POST',
      path: '/auth/setup',
      body: { token, name, password: server.hide(`a password of ${name}`) },
    })
    expect((await server.send(setup(`bbs_${'A'.repeat(43)}`, 'eve'))).status).toBe(401)
    const both = await Promise.all(['eve', 'bob'].map((name) => server.send(setup(server.safety.setupToken, name))))
    expect(both.map(({ status }) => status).sort()).toEqual([201, 401])
    for (const answer of both) if (answer.status === 201) cookieOf(server, answer)
    expect((await server.send(setup(server.safety.setupToken, 'mallory'))).status).toBe(401)
    expect(await server.store.accounts.users.count()).toBe(1)
  })

  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page on another port', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
  ])('cannot log a victim in from %s', async (_name, headers) => {
    const server = await attackedServer()
    await setUp(server)
    expect(await server.send({ ...login(PASSWORD), headers })).toMatchObject({ status: 403, ...refused('FORBIDDEN') })
  })

  it('cannot flood the server with logins: what waits is bounded', async () => {
    const server = await attackedServer({ http: { behindProxy: ['127.0.0.1'], hosts: ['bots.example.org'] } })
    const host = { host: 'bots.example.org' }
    const answers = await Promise.all(
      Array.from({ length: 80 }, (_, index) =>
        server.send({
          ...login('a wrong password', `user-${index}`),
          headers: { ...host, 'x-forwarded-for': `198.51.100.${index}`, 'content-type': 'application/json' },
        }),
      ),
    )
    const statuses = new Set(answers.map(({ status }) => status))
    expect([...statuses].sort()).toEqual([401, 503])
    expect(await server.refused('busy')).toBeGreaterThan(0)
  })
})

describe('an attacker with a session', () => {
  it('who planted a session id has nothing after the login of the victim', async () => {
    const server = await attackedServer()
    const browser = await setUp(server)
    const planted = `${browser['cookie']?.split('=')[0]}=${server.hide('P'.repeat(43))}`
    const answer = await server.send({
      ...login(PASSWORD),
      headers: { cookie: planted, origin: `http://${server.host}` },
    })
    expect(answer.status).toBe(200)
    expect(cookieOf(server, answer)).not.toBe(planted)
    expect((await server.send(bots({ ...browser, cookie: planted }))).status).toBe(401)
  })

  it('who knew the session before a new login of the same browser has nothing after it', async () => {
    const server = await attackedServer()
    const browser = await setUp(server)
    const again = await server.send({ ...login(PASSWORD), headers: browser })
    expect((await server.send(bots(browser))).status).toBe(401)
    expect((await server.send(bots({ ...browser, cookie: cookieOf(server, again) }))).status).toBe(200)
  })

  it('who adds a second cookie of the same name takes the first one out of use', async () => {
    const server = await attackedServer()
    const browser = await setUp(server)
    const name = browser['cookie']?.split('=')[0]
    const cookie = `${name}=${'P'.repeat(43)}; ${browser['cookie']}`
    expect((await server.send(bots({ ...browser, cookie }))).status).toBe(401)
  })

  it('has nothing after the logout', async () => {
    const server = await attackedServer()
    const browser = await setUp(server)
    const answer = await server.send({ method: 'POST', path: '/auth/logout', headers: browser })
    expect(answer).toMatchObject({ status: 204, headers: { 'set-cookie': [expect.stringContaining('Max-Age=0')] } })
    expect((await server.send(bots(browser))).status).toBe(401)
  })

  it.each([
    ['idle', { idle: 60_000, absolute: 3_600_000 }, 61_000],
    ['in use, but old', { idle: 3_600_000, absolute: 60_000 }, 61_000],
  ])('has nothing after it expired: %s', async (_name, sessions, later) => {
    let offset = 0
    const server = await attackedServer({ sessions, now: () => Date.now() + offset })
    const browser = await setUp(server)
    expect((await server.send(bots(browser))).status).toBe(200)
    offset = later
    expect((await server.send(bots(browser))).status).toBe(401)
  })

  it('has nothing after the victim changed the password, and needs the old one to change it', async () => {
    const server = await attackedServer()
    const stolen = await setUp(server)
    const entered = await server.send(login(PASSWORD))
    const victim = { ...stolen, cookie: cookieOf(server, entered) }
    const chosen = server.hide('another long password')
    const change = (current: string, headers: Record<string, string>) =>
      server.send({ method: 'POST', path: '/auth/password', headers, body: { current, password: chosen } })
    expect((await change('not the password', stolen)).status).toBe(401)
    expect((await change(PASSWORD, victim)).status).toBe(204)
    expect((await server.send(bots(stolen))).status).toBe(401)
    expect((await server.send(bots(victim))).status).toBe(200)
    expect((await server.send(login(PASSWORD))).status).toBe(401)
    const fresh = await server.send(login(chosen))
    expect(fresh.status).toBe(200)
    cookieOf(server, fresh)
  })

  it('finds a cookie that no script reads and no other site sends', async () => {
    const plain = await attackedServer()
    const own = await plain.send({
      method: 'POST',
      path: '/auth/setup',
      body: { token: plain.safety.setupToken, name: NAME, password: PASSWORD },
    })
    cookieOf(plain, own)
    const attributes = 'Max-Age=604800; Path=/; HttpOnly; SameSite=Strict'
    expect(String(own.headers['set-cookie'])).toMatch(new RegExp(`^botbus-${plain.port}=[\\w-]{43}; ${attributes}$`))
    expect(own.headers['cache-control']).toBe('no-store')

    const http = { behindProxy: ['127.0.0.1'], hosts: ['bots.example.org'] }
    const proxied = await attackedServer({ http })
    const secure = await proxied.send({
      method: 'POST',
      path: '/auth/setup',
      headers: { host: 'bots.example.org' },
      body: { token: proxied.safety.setupToken, name: NAME, password: PASSWORD },
    })
    cookieOf(proxied, secure)
    expect(String(secure.headers['set-cookie'])).toMatch(
      new RegExp(`^__Host-botbus=[\\w-]{43}; ${attributes}; Secure$`),
    )
    // What was made through the proxy is worth nothing past it, where the cookie has another name.
    const [pair = ''] = String(secure.headers['set-cookie']).split(';')
    expect((await proxied.send(bots({ cookie: pair }))).status).toBe(401)
    expect((await proxied.send(bots({ cookie: pair, host: 'bots.example.org' }))).status).toBe(200)
    // This machine comes in without TLS, past the proxy.
    const direct = await proxied.send(login(PASSWORD))
    cookieOf(proxied, direct)
    expect(String(direct.headers['set-cookie'])).toMatch(
      new RegExp(`^botbus-${proxied.port}=[\\w-]{43}; ${attributes}$`),
    )
    expect(secure.headers['strict-transport-security']).toBe('max-age=15552000')
  })
})

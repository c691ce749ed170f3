import { describe, expect, it } from 'vitest'
import {
  type AttackedServer,
  attackedServer,
  cookieOf,
  makeToken,
  NAME,
  PASSWORD,
  setUp,
} from '../../test/attacked-server.ts'

const ROUTES = [
  ['GET', '/api/demo/bots', 'read'],
  ['POST', '/api/demo/stop', 'operate'],
  ['PUT', '/api/demo/config', 'config'],
  ['DELETE', '/api/demo/everything', 'admin'],
  ['GET', '/auth/users', 'admin'],
  ['GET', '/auth/tokens', 'admin'],
] as const

describe('an attacker with a token', () => {
  it.each([
    ['read', ['read']],
    ['operate', ['read', 'operate']],
    ['config', ['read', 'config']],
    ['admin', ['read', 'operate', 'config', 'admin']],
  ])('of the scope %s reaches no more than %j', async (scope, granted) => {
    const server = await attackedServer()
    const token = await makeToken(server, await setUp(server), { name: 'ci', scopes: [scope] })
    server.effects.length = 0
    for (const [method, path, needed] of ROUTES) {
      const answer = await server.send({ method, path, headers: token })
      if (granted.includes(needed)) expect(answer.status, path).toBe(200)
      else expect(answer, path).toMatchObject({ status: 403, body: '{"error":{"code":"FORBIDDEN"}}' })
    }
    expect(server.effects).toHaveLength(ROUTES.filter(([, , needed]) => granted.includes(needed)).length)
  })

  it('that is limited to some bots reaches only routes that keep to them', async () => {
    const server = await attackedServer()
    const browser = await setUp(server)
    const token = await makeToken(server, browser, { name: 'ci', scopes: ['operate'], selector: 'mm-*' })
    expect(await server.send({ path: '/api/demo/mine', headers: token })).toMatchObject({ json: { selector: 'mm-*' } })
    expect((await server.send({ path: '/api/demo/bots', headers: token })).status).toBe(403)
    expect((await server.send({ method: 'POST', path: '/api/demo/stop', headers: token })).status).toBe(403)
    const body = { name: 'root', scopes: ['admin'], selector: 'mm-*' }
    expect((await server.send({ method: 'POST', path: '/auth/tokens', headers: browser, body })).status).toBe(400)
  })

  it('that expired or was removed reaches nothing', async () => {
    const server = await attackedServer({ now: () => Date.now() - 10_000 })
    const browser = await setUp(server)
    const old = await makeToken(server, browser, { name: 'old', scopes: ['admin'], expiresIn: 5 })
    expect((await server.send({ path: '/api/demo/bots', headers: old })).status).toBe(401)
    const token = await makeToken(server, browser, { name: 'ci', scopes: ['admin'] })
    const list = await server.send({ path: '/auth/tokens', headers: token })
    const { id } = (list.json as { id: string; name: string }[]).find(({ name }) => name === 'ci') ?? { id: '' }
    expect((await server.send({ method: 'DELETE', path: `/auth/tokens/${id}`, headers: token })).status).toBe(204)
    expect((await server.send({ path: '/api/demo/bots', headers: token })).status).toBe(401)
  })

  it('finds no password, token or hash of one in any answer', async () => {
    const server = await attackedServer()
    const browser = await setUp(server)
    const token = await makeToken(server, browser, { name: 'ci', scopes: ['admin'] })
    for (const path of ['/auth/users', '/auth/tokens', '/auth/session']) {
      const { status, body } = await server.send({ path, headers: token })
      expect(status).toBe(200)
      expect(body).not.toMatch(/argon2|hash|bbt_/i)
    }
  })

  it('cannot use it where a browser would send it by itself, and needs no page of the server', async () => {
    const server = await attackedServer()
    const token = await makeToken(server, await setUp(server), { name: 'ci', scopes: ['operate'] })
    const text = token.authorization.slice('Bearer '.length)
    expect(
      (await server.send({ path: '/api/demo/bots', headers: { cookie: `botbus-${server.port}=${text}` } })).status,
    ).toBe(401)
    const elsewhere = { ...token, origin: 'https://tools.example', 'sec-fetch-site': 'cross-site' }
    const answer = await server.send({ method: 'POST', path: '/api/demo/stop', headers: elsewhere })
    expect(answer.status).toBe(200)
    // A page of another site that has a token may send, and its browser lets it read nothing.
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('cannot fill the disk or the memory with requests: beyond 1,000 at once it waits, but for stopping', async () => {
    const stopped = Date.now()
    const server = await attackedServer({ now: () => stopped })
    const token = await makeToken(server, await setUp(server), { name: 'ci', scopes: ['operate'] })
    const statuses: number[] = []
    for (let round = 0; round < 1_001; round += 1) {
      statuses.push((await server.send({ path: '/api/demo/bots', headers: token })).status)
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(1_000)
    expect(statuses.at(-1)).toBe(429)
    expect((await server.send({ method: 'POST', path: '/api/demo/stop', headers: token })).status).toBe(200)
  })
})

describe('a user who is no admin', () => {
  async function withUser(server: AttackedServer): Promise<Record<string, string>[]> {
    const admin = await setUp(server)
    const password = server.hide('the password of bob')
    const body = { name: 'bob', password, scopes: ['read'] }
    expect((await server.send({ method: 'POST', path: '/auth/users', headers: admin, body })).status).toBe(201)
    const entered = await server.send({ method: 'POST', path: '/auth/login', body: { name: 'BOB', password } })
    expect(entered.status).toBe(200)
    return [admin, { ...admin, cookie: cookieOf(server, entered) }]
  }

  it('cannot make himself one', async () => {
    const server = await attackedServer()
    const [, bob = {}] = await withUser(server)
    const { id = '' } = (await server.store.accounts.users.findByName('bob')) ?? {}
    const patch = { method: 'PATCH', path: `/auth/users/${id}`, headers: bob, body: { scopes: ['admin'] } }
    expect((await server.send(patch)).status).toBe(403)
    expect((await server.send({ method: 'POST', path: '/api/demo/stop', headers: bob })).status).toBe(403)
    expect((await server.send({ path: '/api/demo/bots', headers: bob })).status).toBe(200)
  })

  it('is gone at once when he is removed, and the last admin cannot be', async () => {
    const server = await attackedServer()
    const [admin = {}, bob = {}] = await withUser(server)
    const { users } = server.store.accounts
    const idOf = async (name: string): Promise<string> => (await users.findByName(name))?.id ?? ''
    const remove = (id: string) => server.send({ method: 'DELETE', path: `/auth/users/${id}`, headers: admin })
    expect(await remove(await idOf(NAME))).toMatchObject({ status: 409, json: { error: { code: 'LAST_ADMIN' } } })
    const demote = {
      method: 'PATCH',
      path: `/auth/users/${await idOf(NAME)}`,
      headers: admin,
      body: { scopes: ['read'] },
    }
    expect((await server.send(demote)).status).toBe(409)
    expect((await remove(await idOf('bob'))).status).toBe(204)
    expect((await server.send({ path: '/api/demo/bots', headers: bob })).status).toBe(401)
    expect((await remove('no-such-user')).status).toBe(404)
  })
})

describe('everybody', () => {
  it('leaves traces in the audit log: who came, who made and removed what', async () => {
    const server = await attackedServer()
    const browser = await setUp(server)
    await makeToken(server, browser, { name: 'ci', scopes: ['read'] })
    cookieOf(
      server,
      await server.send({ method: 'POST', path: '/auth/login', body: { name: NAME, password: PASSWORD } }),
    )
    await server.send({ method: 'POST', path: '/auth/logout', headers: browser })
    const entries = await server.store.audit.list()
    expect(entries.map(({ actor, action, target }) => [actor, action, target])).toEqual([
      ['user:ada', 'logout', undefined],
      ['user:ada', 'login', undefined],
      ['user:ada', 'token.create', 'token:ci'],
      ['user:ada', 'setup', undefined],
    ])
    expect(await server.store.audit.verify()).toMatchObject({ entries: 4 })
  })
})

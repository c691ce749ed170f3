import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type Attack, send, sendRaw } from '../../test/send.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const PASSWORD = 'correct horse battery'
const DEMO_SECRET = 'a secret of the demo route, 0123456789'

/** The program, with all that it says. */
async function program(env: Record<string, string> = {}) {
  const cwd = await mkdtemp(join(tmpdir(), 'botbus-safety-'))
  const defaults = {
    BOTBUS_HTTP_PORT: '0',
    BOTBUS_STORE: 'sqlite::memory:',
    BOTBUS_BROKER: 'memory:safety',
    BOTBUS_DEMO_SECRET: DEMO_SECRET,
  }
  const running = execa(process.execPath, ['--conditions=@botbus/source', main, '--demo'], {
    cwd,
    env: { ...defaults, ...env },
    reject: false,
  })
  onTestFinished(async () => {
    running.kill()
    await running
    await rm(cwd, { recursive: true })
  })
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    running[stream].on('data', (chunk: Buffer) => {
      said[stream] += String(chunk)
    })
  }
  return { running, said }
}

it('holds as a whole: the program refuses strangers, lets in who may, counts it, and logs no secret', async () => {
  const { said } = await program()
  const port = Number(
    await vi.waitUntil(() => /^ready: HTTP on \S+:(\d+)/m.exec(said.stdout)?.[1], { timeout: 30_000 }),
  )
  const setupToken = /^set-up token for the first user: (bbs_[\w-]{43})$/m.exec(said.stdout)?.[1]
  const ask = (attack: Attack) => send(port, attack)
  const host = `127.0.0.1:${port}`

  // Open to this machine, but not to its browser on other pages.
  expect((await ask({ path: '/metrics' })).status).toBe(200)
  expect((await ask({ path: '/metrics', headers: { host: `rebound.example:${port}` } })).status).toBe(421)
  expect((await ask({ path: '/metrics', headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)

  const body = { token: setupToken, name: 'ada', password: PASSWORD }
  const made = await ask({ method: 'POST', path: '/auth/setup', body })
  expect(made.status).toBe(201)
  const [cookie = ''] = String(made.headers['set-cookie']).split(';')
  const browser = { cookie, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
  const named = { name: 'ci', scopes: ['read'] }
  const { json } = await ask({ method: 'POST', path: '/auth/tokens', headers: browser, body: named })
  const { token } = json as { token: string }
  const bearer = { authorization: `Bearer ${token}` }

  for (const path of ['/metrics', '/docs', '/openapi.json', '/api/tradingview', '/api/nothing', '/auth/users']) {
    expect((await ask({ path })).status, path).toBe(401)
  }
  expect((await ask({ path: '/health' })).status).toBe(200)
  expect((await ask({ path: '/openapi.json', headers: bearer })).status).toBe(200)
  expect((await ask({ path: '/auth/users', headers: bearer })).status).toBe(403)
  expect((await ask({ path: `/api/tradingview/x?token=${token}` })).status).toBe(400)
  expect((await ask({ path: '/webhooks/tradingview/..%2f..%2fapi' })).status).toBe(400)
  expect((await ask({ path: '/webhooks/tradingview/%zz' })).body).toContain('INVALID_PATH')
  const forged = { ...browser, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  expect((await ask({ method: 'POST', path: '/auth/tokens', headers: forged, body: named })).status).toBe(403)
  expect(await sendRaw(port, 'GET / HTTP/1.1\r\nHost : x\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)

  const alert = (secret: string) => ({
    method: 'POST',
    path: '/webhooks/tradingview/demo',
    body: { secret, action: 'buy' },
  })
  expect((await ask(alert('another secret of the demo route'))).status).toBe(401)
  expect((await ask({ ...alert(DEMO_SECRET), headers: { host: 'rebound.example' } })).status).toBe(421)
  expect((await ask({ ...alert(DEMO_SECRET), headers: { 'content-encoding': 'gzip' } })).status).toBe(415)

  const metrics = (await ask({ path: '/metrics', headers: bearer })).body
  for (const reason of ['host', 'site', 'unauthenticated', 'forbidden', 'token_in_url', 'path', 'malformed']) {
    expect(metrics).toMatch(new RegExp(`^botbus_http_refused_total\\{reason="${reason}"\\} [1-9]`, 'm'))
  }
  const session = cookie.slice(cookie.indexOf('=') + 1)
  for (const secret of [PASSWORD, token, session, DEMO_SECRET, setupToken ?? ''])
    expect(said.stderr).not.toContain(secret)
  expect(said.stdout.match(/bbs_/g)).toHaveLength(1)
})

it('does not start where other machines would reach it without TLS, and says what to do', async () => {
  const { running } = await program({ BOTBUS_HTTP_HOST: '0.0.0.0' })
  expect(await running).toMatchObject({
    exitCode: 4,
    stderr: expect.stringMatching(/does not listen on 0\.0\.0\.0.*http\.tls\.cert.*SSH tunnel/),
  })
})

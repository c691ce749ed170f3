import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadConfig, openBus } from '@botbus/config'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLogger } from './log.ts'
import { type Server, type ServerOptions, startServer } from './server.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botbus-server-'))
})
afterAll(() => rm(folder, { recursive: true }))

const GREETER = fileURLToPath(new URL('../test/plugins/greeter.ts', import.meta.url))
const FAILING = fileURLToPath(new URL('../test/plugins/failing.ts', import.meta.url))

async function config(plugins: Record<string, unknown>) {
  const overrides = { broker: 'memory:server-test', store: 'sqlite::memory:', http: { port: 0 }, plugins }
  return loadConfig({ cwd: folder, env: {}, overrides })
}

/** A server in this process, with what it logs. */
async function start(plugins: Record<string, unknown>, options: ServerOptions = {}) {
  const lines: string[] = []
  const logger = createLogger({ output: { write: (line: string) => void lines.push(line) } })
  const server = await startServer(await config(plugins), { logger, timeLimit: 2_000, ...options })
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(server.url + path, init)
  return { server, lines, get, [Symbol.asyncDispose]: () => server.close() }
}

describe('the server', () => {
  it('runs plugins that the configuration names by path, and describes their routes', async () => {
    await using running = await start({ [GREETER]: { greeting: 'hello' } })
    const { get } = running
    expect(await (await get('/api/greeter/greeting')).json()).toEqual({ greeting: 'hello' })
    const bytes = Buffer.from([0xff, 0x00])
    expect(await (await get('/webhooks/greeter/bytes', { method: 'POST', body: bytes })).json()).toEqual({ bytes: 2 })
    const document = (await (await get('/openapi.json')).json()) as { paths: Record<string, unknown> }
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/health', '/ready', '/api/greeter/greeting', '/auth/login']),
    )
  })

  it('says at /ready what does not run, and lives on', async () => {
    await using running = await start({ [GREETER]: { greeting: 'x' }, [FAILING]: {} })
    const { get } = running
    const answer = await get('/ready')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({
      ready: false,
      bus: { ok: true, state: 'connected' },
      store: { ok: true },
      plugins: { greeter: { ok: true, state: 'running' }, failing: { ok: false, state: 'failed' } },
    })
    expect((await get('/health')).status).toBe(200)
    expect((await get('/api/failing/x')).status).toBe(503)
    expect((await get('/api/greeter/greeting')).status).toBe(200)
  })

  it('is ready when all of it runs', async () => {
    await using running = await start({ [GREETER]: { greeting: 'x' } })
    const answer = await running.get('/ready')
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status: 200, body: { ready: true } })
  })

  it('counts requests by route, events of the bus, and what belongs to a plugin', async () => {
    await using running = await start({ [GREETER]: { greeting: 'x' }, [FAILING]: {} })
    await running.get('/api/greeter/greeting')
    await running.get('/nowhere')
    await running.get('/api/failing/x')
    const text = await (await running.get('/metrics')).text()
    expect(text).toContain('botbus_http_requests_total{route="/api/greeter/greeting",method="GET",status="200"} 1')
    expect(text).toContain('botbus_http_requests_total{route="none",method="GET",status="404"} 1')
    expect(text).toMatch(/^botbus_greeter_greetings_total 1$/m)
    expect(text).toContain('botbus_http_requests_total{route="unavailable",method="GET",status="503"} 1')
    expect(text).toContain('botbus_plugin_running{plugin="greeter"} 1')
    expect(text).toContain('botbus_plugin_running{plugin="failing"} 0')
    expect(text).toContain('process_cpu_seconds_total')
  })

  it('shows the API without a script inside the page', async () => {
    await using running = await start({})
    const page = await running.get('/docs/')
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';/)
    const html = await page.text()
    for (const [, attributes, inside] of html.matchAll(/<script([^>]*)>([^<]*)/g)) {
      expect({ attributes, inside: inside?.trim() }).toEqual({
        attributes: expect.stringContaining('src='),
        inside: '',
      })
    }
    expect(await (await running.get('/docs/json')).json()).toHaveProperty('paths./health')
  })

  it('logs and counts a rejection that a plugin does not handle, and runs on', async () => {
    await using running = await start({ [GREETER]: { greeting: 'x' } })
    // The runner has a listener of its own, which fails the test; the server's is under test.
    const foreign = process.listeners('unhandledRejection')
    const [own] = foreign.slice(-1)
    for (const listener of foreign) if (listener !== own) process.off('unhandledRejection', listener)
    try {
      await running.get('/api/greeter/forget')
      await vi.waitFor(async () =>
        expect(await (await running.get('/metrics')).text()).toContain('botbus_unhandled_rejections_total 1'),
      )
    } finally {
      for (const listener of foreign) if (listener !== own) process.on('unhandledRejection', listener)
    }
    expect(running.lines.join('')).toContain('forgotten by greeter')
  })
})

describe('a wrong configuration', () => {
  it('is refused with path, what was found and what is accepted', async () => {
    const error = start({ [GREETER]: { greeting: 7, password: 'hidden', color: 'blue' } })
    await expect(error).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    const { message } = (await error.catch((reason: unknown) => reason)) as Error
    expect(message).toContain('.greeting: found 7; accepted: string')
    expect(message).toContain('.password: found a value that is not shown here; accepted: number')
    expect(message).toContain('.color: found "blue"; accepted: red, green')
    expect(message).not.toContain('hidden')
  })

  it.each([
    [
      'a name that nothing has',
      'tradingveiw',
      'found "tradingveiw"; there is no such package; accepted: tradingview, ',
    ],
    ['a path without a file', './nothing.ts', 'found "./nothing.ts"; there is no such file'],
  ])('names %s', async (_, key, message) => {
    await expect(start({ [key]: {} })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    })
  })

  it('keeps the old one running when a new one is wrong, and takes it when it is right', async () => {
    await using running = await start({ [GREETER]: { greeting: 'old' } })
    const wrong = running.server.reload(await config({ [GREETER]: { greeting: 1 } }))
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(await (await running.get('/api/greeter/greeting')).json()).toEqual({ greeting: 'old' })
    await running.server.reload(await config({ [GREETER]: { greeting: 'new' } }))
    expect(await (await running.get('/api/greeter/greeting')).json()).toEqual({ greeting: 'new' })
  })

  it('says which sections wait for a restart', async () => {
    await using running = await start({})
    const next = await config({})
    await running.server.reload({ ...next, http: { ...next.http, port: 1 }, store: { url: 'sqlite:/x' } })
    expect(running.lines.join('')).toContain('changed, but only read at a restart: http, store')
  })

  it('names the port that is taken, and leaves nothing open', async () => {
    await using running = await start({})
    const port = Number(new URL(running.server.url).port)
    const options = { env: {}, cwd: folder, overrides: { broker: 'memory:', store: 'sqlite::memory:', http: { port } } }
    await expect(startServer(await loadConfig(options))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(`BOTBUS_HTTP_PORT=${port + 1}`),
    })
  })
})

describe('the end of the server', () => {
  it('lets requests in flight end, and refuses new ones on open connections', async () => {
    const running = await start({ [GREETER]: { greeting: 'x' } })
    const { server, get } = running
    const port = Number(new URL(server.url).port)
    const slow = get('/api/greeter/slow')
    await vi.waitFor(async () => expect(await (await get('/api/greeter/waiting')).json()).toEqual({ waiting: 1 }))
    // A second request is half sent when the end begins.
    const half = connect(port, '127.0.0.1')
    await once(half, 'connect')
    half.write(`GET /api/greeter/greeting HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n`)
    await using bus = await openBus('memory:server-test')
    const closed = server.close()
    half.write('\r\n')
    const [answer] = (await once(half, 'data')) as [Buffer]
    expect(String(answer)).toMatch(/^HTTP\/1\.1 503 .*retry-after: 5/s)
    await bus.publish('test/release', {})
    expect(await (await slow).json()).toEqual({ waited: true })
    await closed
    await expect(get('/health')).rejects.toThrow()
    await server.close()
  })

  it('cuts whoever does not send the headers in time', { timeout: 30_000 }, async () => {
    await using running = await start({})
    const port = Number(new URL((running.server as Server).url).port)
    const slow = connect(port, '127.0.0.1')
    slow.write('GET /health HTTP/1.1\r\nhost: x\r\n')
    const [answer] = (await once(slow, 'data')) as [Buffer]
    expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /)
    await once(slow.resume(), 'close')
  })
})

it('reads the password of the store from a file', async () => {
  await writeFile(join(folder, 'pw'), 'hidden\n')
  const overrides = {
    broker: 'memory:',
    store: { url: 'postgresql://127.0.0.1:1/x', passwordFile: join(folder, 'pw') },
  }
  const error = startServer(await loadConfig({ cwd: folder, env: {}, overrides }))
  await expect(error).rejects.toMatchObject({ code: 'NOT_CONNECTED', message: expect.not.stringContaining('hidden') })
})

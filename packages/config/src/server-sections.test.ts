import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadOptions, loadConfig } from './load-config.ts'
import type { BotbusConfig } from './types.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botbus-sections-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The configuration of a file with this text. */
async function load(text: string, options: LoadOptions = {}): Promise<BotbusConfig> {
  await writeFile(join(folder, 'botbus.config.yaml'), text)
  return loadConfig({ cwd: folder, env: {}, ...options })
}

describe('the section http', () => {
  it('listens on this machine by default', async () => {
    expect((await load('')).http).toEqual({ host: '127.0.0.1', port: 8080, hosts: [], behindProxy: [] })
  })

  it('takes the file, and the environment above it', async () => {
    const text = 'http: { host: 0.0.0.0, port: 80, hosts: [bots.example], tls: { cert: c.pem, key: k.pem } }'
    const env = { BOTBUS_HTTP_PORT: '8081', BOTBUS_HTTP_BEHIND_PROXY: '10.0.0.0/8, ::1' }
    expect((await load(text, { env })).http).toEqual({
      host: '0.0.0.0',
      port: 8081,
      hosts: ['bots.example'],
      behindProxy: ['10.0.0.0/8', '::1'],
      tls: { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem') },
    })
  })

  it.each([
    ['http: { port: eighty }', 'http.port: found "eighty"; accepted: a whole number from 0 to 65535'],
    ['http: { prot: 1 }', 'http.prot: unknown key; did you mean "port"? accepted: host, port, hosts, behindProxy, tls'],
    ['http: { tls: { cert: a } }', 'http.tls.cert and http.tls.key belong together'],
  ])('refuses %s', async (text, message) => {
    await expect(load(text)).rejects.toThrow(expect.objectContaining({ message: expect.stringContaining(message) }))
  })
})

describe('the section store', () => {
  it('is a file beside the configuration by default, and paths start there', async () => {
    expect((await load('')).store).toEqual({ url: `sqlite:${join(folder, 'botbus.db')}` })
    expect((await load('store: sqlite:data/x.db')).store).toEqual({ url: `sqlite:${join(folder, 'data/x.db')}` })
    expect((await load('store: "sqlite::memory:"')).store).toEqual({ url: 'sqlite::memory:' })
  })

  it('moves user and password out of the URL', async () => {
    const { store } = await load('store: postgresql://ada:p%40ss@db.example:5432/botbus?sslmode=require')
    expect(store).toEqual({
      url: 'postgresql://db.example:5432/botbus?sslmode=require',
      username: 'ada',
      password: 'p@ss',
    })
  })

  it('does not send the credentials of the file to a store that is named elsewhere', async () => {
    const env = { BOTBUS_STORE: 'postgresql://other/db' }
    expect((await load('store: postgresql://ada:pass@db/botbus', { env })).store).toEqual({ url: env.BOTBUS_STORE })
  })

  it('takes the password of the environment with the URL of the file', async () => {
    const env = { BOTBUS_STORE_PASSWORD: 'pw' }
    const { store } = await load('store: { url: postgresql://db/botbus, username: ada, passwordFile: x }', { env })
    expect(store).toEqual({ url: 'postgresql://db/botbus', username: 'ada', password: 'pw' })
  })

  it.each([
    ['store: mysql://ada:hidden@db/x', 'found "mysql://db/x"; it is no URL of a store; accepted: sqlite:PATH'],
    ['store: { url: postgresql://ada:hidden@db/x, password: hidden }', 'store.password is given twice'],
    ['store: { url: postgresql://db/x, password: hidden, passwordFile: y }', 'are both given; keep one'],
    ['store: postgresql://ada:%E0%A4%A@db/x', 'hold a "%" that is not %25'],
  ])('refuses %s without showing a password', async (text, message) => {
    const error: Error = await load(text).then(
      () => expect.fail('it was accepted'),
      (reason) => reason,
    )
    expect(error.message).toContain(message)
    expect(error.message).not.toContain('hidden')
  })
})

describe('the section plugins', () => {
  it('keeps the order, makes paths absolute and leaves the sections to the plugins', async () => {
    const text =
      'plugins:\n  tradingview: { routes: { demo: { note: null } } }\n  ./mine.ts:\n  "@acme/plugin": { size: 1 }'
    expect((await load(text)).plugins).toEqual([
      { key: 'tradingview', module: 'tradingview', folder, section: { routes: { demo: { note: null } } } },
      { key: './mine.ts', module: join(folder, 'mine.ts'), folder, section: {} },
      { key: '@acme/plugin', module: '@acme/plugin', folder, section: { size: 1 } },
    ])
  })

  it('is replaced as a whole by a higher layer, and is no matter of the environment', async () => {
    const { plugins } = await load('plugins: { one: {} }', { overrides: { plugins: { two: {} } } })
    expect(plugins.map(({ key }) => key)).toEqual(['two'])
    expect((await load('')).plugins).toEqual([])
    await expect(load('', { env: { BOTBUS_PLUGINS: 'x' } })).rejects.toThrow('BOTBUS_PLUGINS is not known')
  })

  it('refuses what is no section', async () => {
    await expect(load('plugins: [tradingview]')).rejects.toThrow(
      'plugins: found a list; accepted: a section with the name, package or path of each plugin',
    )
  })
})

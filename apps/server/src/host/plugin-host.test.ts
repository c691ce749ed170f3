import { discoverBots } from '@botbus/bridge'
import type { PluginEntry } from '@botbus/config'
import { BotbusError, connectBus } from '@botbus/core'
import { memory } from '@botbus/memory'
import { definePlugin, type PluginContext, type RunningPlugin } from '@botbus/plugin'
import type { ClosablePluginStore } from '@botbus/store'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { Front } from '../http/front.ts'
import { listen } from '../http/listen.ts'
import { createRegistry } from '../metrics.ts'
import { PluginHost } from './plugin-host.ts'

type Setup = (context: PluginContext<{ size: number }>) => Promise<RunningPlugin> | RunningPlugin | undefined

const LOCAL = { host: '127.0.0.1', port: 0, hosts: [], behindProxy: [] }

/** A host whose plugins are these functions, behind a real HTTP server. */
async function hostOf(setups: Record<string, Setup>, timeLimit = 2_000) {
  const bus = await connectBus(memory())
  const bots = await discoverBots(bus)
  const registry = createRegistry()
  const front = new Front((_request, response) => response.writeHead(404).end())
  const store = { forPlugin: vi.fn(() => ({ close: async () => undefined }) as ClosablePluginStore) }
  const logger = pino({ level: 'silent' })
  const safety = { guardAll: () => undefined, requireScope: () => undefined, refuseUnreadable: () => undefined }
  const http = { front, log: logger, safety, behindProxy: [], onAnswer: () => undefined }
  const parts = { bus, bots, store, logger, registry, namespace: 'hbot', timeLimit, http, onState: () => undefined }
  const host = new PluginHost(parts, async (entry) => {
    const setup = setups[entry.key]
    if (!setup) throw new BotbusError('INTERNAL', `no module ${entry.key}`)
    const config = z.object({ size: z.number().default(1) })
    return {
      entry,
      plugin: definePlugin({ name: entry.key, config, setup: async (context) => (await setup(context)) ?? {} }),
      config: config.parse(entry.section),
    }
  })
  const server = await listen(LOCAL, front.handle)
  onTestFinished(async () => {
    await host.stop()
    server.cut()
    await server.stop()
    await bots.close()
    await bus.close()
  })
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(server.url + path, init)
  return { host, bus, registry, get, front, server }
}

const entry = (key: string, section: unknown = {}): PluginEntry => ({ key, module: key, folder: '/', section })

describe('the host of plugins', () => {
  it('starts plugins in the order of the configuration and stops them in reverse', async () => {
    const calls: string[] = []
    const setup =
      (name: string): Setup =>
      async () => {
        calls.push(`start ${name}`)
        return { stop: () => void calls.push(`stop ${name}`) }
      }
    const { host } = await hostOf({ one: setup('one'), two: setup('two') })
    await host.start([entry('one'), entry('two')])
    await host.stop()
    expect(calls).toEqual(['start one', 'start two', 'stop two', 'stop one'])
  })

  it('gives each plugin its checked configuration, its folder and its routes', async () => {
    const { host, get } = await hostOf({
      shop: ({ config, folder, http }) => {
        http.api.get('/size', () => ({ size: config.size, folder }))
        http.webhooks.post('/echo', (request) => ({ bytes: (request.body as Buffer).toString('hex') }))
        return undefined
      },
    })
    await host.start([entry('shop', { size: 7 })])
    expect(await (await get('/api/shop/size')).json()).toEqual({ size: 7, folder: '/' })
    for (const type of ['application/json', 'text/plain; charset=latin1', 'image/png']) {
      const answer = await get('/webhooks/shop/echo', {
        method: 'POST',
        body: '{"a":',
        headers: { 'content-type': type },
      })
      expect(await answer.json()).toEqual({ bytes: Buffer.from('{"a":').toString('hex') })
    }
    expect((await get('/webhooks/shopping/echo')).status).toBe(404)
  })

  it.each<[string, Setup]>([
    ['throws', () => Promise.reject(new Error('no licence'))],
    ['never ends', () => new Promise(() => undefined)],
    ['adds one route twice', ({ http }) => void [1, 2].map(() => http.api.get('/x', () => 1)) as undefined],
  ])('names the plugin whose start %s, answers 503 for it and runs the others', async (_, setup) => {
    const fine: Setup = ({ http }) => void http.api.get('/x', () => ({ fine: true })) as undefined
    const { host, get } = await hostOf({ bad: setup, fine }, 200)
    await host.start([entry('bad'), entry('missing'), entry('fine')])
    expect(host.status).toMatchObject([
      { name: 'bad', state: 'failed', reason: expect.any(String) },
      { name: 'fine', state: 'running' },
      { name: 'missing', state: 'failed', reason: 'no module missing' },
    ])
    const answer = await get('/webhooks/bad/x')
    expect({ status: answer.status, retry: answer.headers.get('retry-after') }).toEqual({ status: 503, retry: '30' })
    expect(await answer.json()).toEqual({ error: { code: 'UNAVAILABLE', message: 'the plugin bad does not run' } })
    expect(await (await get('/api/fine/x')).json()).toEqual({ fine: true })
  })

  it('clears away what a plugin leaves behind: subscriptions, services, listeners, metrics', async () => {
    let context: PluginContext<{ size: number }> | undefined
    const heard: unknown[] = []
    const { host, bus, registry } = await hostOf({
      messy: async (given) => {
        context = given
        given.metrics.counter({ name: 'things_total', help: 'x' }).inc()
        await given.bus.subscribe('a/b', ({ data }) => void heard.push(data))
        await given.bus.serve('c/d', () => 1)
        return {}
      },
    })
    await host.start([entry('messy')])
    await bus.publish('a/b', 1)
    await vi.waitFor(() => expect(heard).toEqual([1]))
    expect(await registry.metrics()).toContain('botbus_messy_things_total 1')
    await host.stop()
    await bus.publish('a/b', 2)
    await expect(bus.call('c/d', {}, { timeout: 1_000 })).rejects.toMatchObject({ code: 'NO_RESPONDER' })
    expect(heard).toEqual([1])
    expect(await registry.metrics()).not.toContain('botbus_messy')
    expect(context?.signal.aborted).toBe(true)
    const late = [() => context?.bus.publish('a/b', 3), () => context?.bus.subscribe('a/b', () => undefined)]
    for (const use of late) await expect(use()).rejects.toMatchObject({ code: 'CLOSED' })
    expect(() => context?.bots.client('alpha')).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  })

  it('goes on when a plugin does not stop in time', async () => {
    const stopped = vi.fn()
    const { host } = await hostOf(
      { first: () => ({ stop: stopped }), stuck: () => ({ stop: () => new Promise(() => undefined) }) },
      100,
    )
    await host.start([entry('first'), entry('stuck')])
    await host.stop()
    expect(stopped).toHaveBeenCalledOnce()
  })
})

describe('a change of the configuration', () => {
  it('restarts only what changed, and lets requests in flight end first', async () => {
    const calls: string[] = []
    const entered = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    const setup =
      (name: string): Setup =>
      ({ config, http }) => {
        calls.push(`start ${name} ${config.size}`)
        http.api.get('/slow', async () => {
          entered.resolve()
          await answer.promise
          return { size: config.size }
        })
        return { stop: () => void calls.push(`stop ${name} ${config.size}`) }
      }
    const { host, get } = await hostOf({ same: setup('same'), other: setup('other'), gone: setup('gone') })
    await host.start([entry('same'), entry('other'), entry('gone')])
    const slow = get('/api/other/slow')
    await entered.promise
    const changed = host.change([entry('other', { size: 2 }), entry('same')])
    await vi.waitFor(async () => expect((await get('/webhooks/other/x')).headers.get('retry-after')).toBe('1'))
    answer.resolve()
    expect(await (await slow).json()).toEqual({ size: 1 })
    expect(await changed).toEqual(['other', 'gone'])
    expect(calls.slice(3)).toEqual(['stop gone 1', 'stop other 1', 'start other 2'])
    expect(await (await get('/api/other/slow')).json()).toEqual({ size: 2 })
    expect((await get('/api/gone/slow')).status).toBe(404)
    expect(host.status.map(({ name }) => name)).toEqual(['other', 'same'])
  })

  it('changes nothing when one plugin refuses its section', async () => {
    const calls: string[] = []
    const one: Setup = () => ({ stop: () => void calls.push('stop') })
    const { host } = await hostOf({ one, two: () => undefined })
    await host.start([entry('one')])
    await expect(host.change([entry('two'), entry('one', { size: 'x' })])).rejects.toThrow()
    expect(calls).toEqual([])
    expect(host.status).toEqual([{ name: 'one', state: 'running' }])
  })

  it('starts again what had failed', async () => {
    let isBroken = true
    const { host } = await hostOf({
      moody: () => {
        if (isBroken) throw new Error('broken')
        return undefined
      },
    })
    await host.start([entry('moody')])
    isBroken = false
    expect(await host.change([entry('moody')])).toEqual(['moody'])
    expect(host.status).toEqual([{ name: 'moody', state: 'running' }])
  })
})

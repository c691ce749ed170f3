import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { harness, memoryWith } from '../test/harness.ts'
import { discoverBots } from './index.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const settle = () => vi.advanceTimersByTimeAsync(0)

async function setUp() {
  const made = await harness()
  const directory = await discoverBots(made.bus)
  const changes: string[] = []
  directory.onChange(({ id, health }) => changes.push(`${id} ${health}`))
  const ids = () => directory.bots.map(({ id }) => id)
  return { ...made, directory, changes, ids }
}

describe('discoverBots', () => {
  it('lists a bot at its heartbeat or when it says online, and follows its health', async () => {
    const { bus, directory, changes, ids } = await setUp()
    await bus.publish('hbot/b/hb', {})
    await bus.publish('hbot/a/status_updates', { timestamp: 1, type: 'availability', msg: 'online' })
    await settle()
    expect(ids()).toEqual(['a', 'b'])
    expect(directory.get('b')).toEqual({ id: 'b', health: 'online', lastSeen: Date.now() })
    await vi.advanceTimersByTimeAsync(15_000)
    await bus.publish('hbot/b/hb', {})
    await vi.advanceTimersByTimeAsync(16_000)
    await bus.publish('hbot/b/status_updates', { timestamp: 1, type: 'availability', msg: 'offline' })
    await settle()
    expect(changes).toEqual(['b online', 'a online', 'a late', 'a stale', 'b offline'])
  })

  it('takes nothing retained and nothing else for a sign of life', async () => {
    const { bus, ids } = await harness().then(async (made) => {
      await made.bus.publish('hbot/ghost/hb', {}, { retain: true })
      await made.bus.publish(
        'hbot/ghost/status_updates',
        { timestamp: 1, type: 'availability', msg: 'online' },
        { retain: true },
      )
      const directory = await discoverBots(made.bus)
      return { ...made, ids: () => directory.bots.map(({ id }) => id) }
    })
    await bus.publish('hbot/ghost/log', { timestamp: 1, msg: '', level_no: 20, level_name: 'INFO', logger_name: '' })
    await bus.publish('hbot/ghost/status_updates', { timestamp: 1, type: 'strategy', msg: 'online' })
    await bus.publish('hbot/ghost/status_updates', { timestamp: 1, type: 'availability', msg: 'offline' })
    await bus.publish('hbot/ghost/hb/x', {})
    await bus.publish('hbot/predictions/btc_usdt/ML_SIGNALS', { probabilities: [0.1, 0.2, 0.7] })
    await bus.publish('hbot/ghost/hb', [])
    await bus.publish('hbot/ghost/start', {})
    await settle()
    expect(ids()).toEqual([])
  })

  it('does not list what is no id of a bot', async () => {
    const { bus, ids } = await setUp()
    await bus.publish('hbot/a b/hb', {})
    await bus.publish(`hbot/${'x'.repeat(129)}/hb`, {})
    await settle()
    expect(ids()).toEqual([])
  })

  it('ignores the goodbye of an old run', async () => {
    const { bus, directory } = await setUp()
    await bus.publish('hbot/a/hb', { instance: 'old' })
    await bus.publish('hbot/a/hb', { instance: 'new' })
    await bus.publish('hbot/a/status_updates', { timestamp: 1, type: 'availability', msg: 'offline', instance: 'old' })
    await settle()
    expect(directory.get('a')).toMatchObject({ health: 'online', instance: 'new' })
  })

  it('follows a bridge from online to offline', async () => {
    const { bridge, changes } = await setUp()
    const running = await bridge({})
    await running.stop()
    await settle()
    expect(changes).toEqual(['testbot online', 'testbot offline'])
  })

  it('stays in its namespace', async () => {
    const { bus } = await harness()
    const directory = await discoverBots(bus, { namespace: 'firm' })
    await bus.publish('hbot/a/hb', {})
    await bus.publish('firm/b/hb', {})
    await settle()
    expect(directory.bots.map(({ id }) => id)).toEqual(['b'])
  })

  it('goes on after a listener that throws', async () => {
    const { bus, directory, changes } = await setUp()
    const emitWarning = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const stop = directory.onChange(() => {
      throw new Error('broken')
    })
    await bus.publish('hbot/a/hb', {})
    await vi.advanceTimersByTimeAsync(40_000)
    expect(changes).toEqual(['a online', 'a late', 'a stale'])
    expect(emitWarning).toHaveBeenCalledTimes(3)
    emitWarning.mockRestore()
    stop()
  })

  it('hears nothing after it was closed, by call or by signal', async () => {
    const { bus, directory, changes } = await setUp()
    const controller = new AbortController()
    const other = await discoverBots(bus, { signal: controller.signal })
    await directory.close()
    await directory.close()
    controller.abort()
    await bus.publish('hbot/a/hb', {})
    await settle()
    expect([changes, directory.bots, other.bots]).toEqual([[], [], []])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves nothing open when it cannot listen', async () => {
    const { broker, bus } = await harness()
    broker.stop()
    await expect(discoverBots(bus)).rejects.toMatchObject({ code: 'NOT_CONNECTED' })
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the client of a directory', () => {
  it('sends only stop while two bots use the id', async () => {
    const { bus, directory } = await setUp()
    await bus.serve('hbot/a/#', () => ({ status: 200, msg: '' }))
    for (const instance of ['run1', 'run2', 'run1']) await bus.publish('hbot/a/hb', { instance })
    await settle()
    const client = directory.client('a')
    await expect(client.start()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', outcome: 'not_sent' })
    expect(await client.stop()).toMatchObject({ status: 200 })
  })

  it('asks the broker whether a bot is there where the broker can tell', async () => {
    const { bus, directory } = await setUp()
    await bus.serve('hbot/a/start', () => ({ status: 200, msg: '' }))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await directory.client('a').start()).toMatchObject({ status: 200 })
  })

  it('refuses to call a bot that is not there where the broker cannot tell', async () => {
    const { bus } = await harness(memoryWith({ noResponder: 'presence' }))
    await bus.serve('hbot/+/#', () => ({ status: 200, msg: '' }))
    const directory = await discoverBots(bus)
    const absent = expect.objectContaining({ code: 'NO_RESPONDER', outcome: 'not_sent' })
    expect(await directory.client('a').start()).toMatchObject({ status: 200 })
    await vi.advanceTimersByTimeAsync(30_001)
    await expect(directory.client('a').start()).rejects.toEqual(absent)
    await bus.publish('hbot/a/hb', {})
    await settle()
    expect(await directory.client('a').start()).toMatchObject({ status: 200 })
    await bus.publish('hbot/a/status_updates', { timestamp: 1, type: 'availability', msg: 'offline' })
    await settle()
    await expect(directory.client('a').start()).rejects.toEqual(absent)
    expect(await directory.client('a').stop()).toMatchObject({ status: 200 })
  })
})

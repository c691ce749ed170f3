import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'mqtt'
import { describe, expect, it, vi } from 'vitest'
import { startMosquitto } from '../../../scripts/broker/mosquitto/mosquitto.mjs'
import { failure, nextState, open, startProxy } from '../test/support.ts'

const signal = (broker: { pid: number | undefined }, name: NodeJS.Signals): void => {
  if (broker.pid !== undefined) process.kill(broker.pid, name)
}

describe.each([5, 4] as const)('when the broker goes away (protocol version %i)', (protocolVersion) => {
  it('50 calls in flight reject within a second, `unknown`, and nothing is sent again', async () => {
    await using broker = await startMosquitto()
    const options = { url: broker.url, protocolVersion }
    await using server = await open(options)
    await using client = await open(options)
    const handler = vi.fn((request: unknown) => (request === 'probe' ? 'ok' : new Promise(() => undefined)))
    await server.bus.serve('hbot/b/status', handler)
    const calls = Array.from({ length: 50 }, () => failure(client.bus.call('hbot/b/status', 'hang')))
    await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(50))
    const back = Promise.all([nextState(client.bus, 'connected'), nextState(server.bus, 'connected')])
    const started = performance.now()
    await broker.kill()
    const errors = await Promise.all(calls)
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(new Set(errors.map(({ code, outcome }) => `${code} ${outcome}`))).toEqual(new Set(['NOT_CONNECTED unknown']))

    const offline = await failure(client.bus.call('hbot/b/status', 'late'))
    expect([offline.code, offline.outcome]).toEqual(['NOT_CONNECTED', 'not_sent'])
    expect((await failure(client.bus.publish('x', 1))).code).toBe('NOT_CONNECTED')
    expect((await failure(client.bus.subscribe('x', () => undefined))).code).toBe('NOT_CONNECTED')

    await broker.start()
    await back
    expect(await client.bus.call('hbot/b/status', 'probe')).toBe('ok')
    expect(handler.mock.calls.map(([request]) => request)).toEqual([...Array(50).fill('hang'), 'probe'])
  })

  it('calls, servers and subscriptions work again without user code, each call once', async () => {
    await using broker = await startMosquitto()
    const options = { url: broker.url, protocolVersion }
    await using server = await open(options)
    await using client = await open(options)
    const handler = vi.fn((request: unknown) => request)
    const listener = vi.fn()
    await server.bus.serve('hbot/b/status', handler)
    await server.bus.serve('service/echo', handler)
    await server.bus.subscribe('news/+', listener)
    const gone = await server.bus.subscribe('news/#', listener)
    for (let restart = 1; restart <= 3; restart++) {
      const back = Promise.all([nextState(client.bus, 'connected'), nextState(server.bus, 'connected')])
      await broker.kill()
      await gone.close()
      await broker.start()
      await back
      const calls = ['hbot/b/status', 'service/echo'].map((address) => client.bus.call(address, restart))
      expect(await Promise.all(calls)).toEqual([restart, restart])
      await client.bus.publish('news/x', restart)
      await vi.waitFor(() => expect(listener).toHaveBeenCalledTimes(restart))
      expect(handler).toHaveBeenCalledTimes(restart * 2)
    }
  })

  it('a stream of 10,000 messages goes on after two restarts in its middle', async () => {
    await using broker = await startMosquitto()
    const options = { url: broker.url, protocolVersion }
    await using publisher = await open(options)
    await using subscriber = await open(options)
    const received: number[] = []
    await subscriber.bus.subscribe('stream', ({ data }) => received.push(data as number), { capacity: 20_000 })
    const confirmed: number[] = []
    for (let index = 0; index < 10_000; index++) {
      if (index === 3_000 || index === 6_000) {
        const back = Promise.all([nextState(publisher.bus, 'connected'), nextState(subscriber.bus, 'connected')])
        await broker.kill()
        expect((await failure(publisher.bus.publish('stream', index, { qos: 1 }))).code).toBe('NOT_CONNECTED')
        await broker.start()
        await back
        continue
      }
      await publisher.bus.publish('stream', index, { qos: 1 })
      confirmed.push(index)
    }
    await vi.waitFor(() => expect(received.at(-1)).toBe(9_999))
    expect(received).toEqual([...new Set(received)].sort((a, b) => a - b))
    expect(confirmed.length - received.length).toBeLessThan(100)
  })

  it('a frozen link is noticed within 1.5 times the keepalive, and comes back', async () => {
    await using broker = await startMosquitto()
    await using client = await open({ url: broker.url, protocolVersion, keepalive: 1, connectTimeout: 1_000 })
    const lost = nextState(client.bus, 'reconnecting')
    const started = performance.now()
    signal(broker, 'SIGSTOP')
    await lost
    expect(performance.now() - started).toBeLessThan(2_500)
    const back = nextState(client.bus, 'connected')
    signal(broker, 'SIGCONT')
    await back
    await client.bus.publish('x', 1, { qos: 1 })
  })

  it('closing while the broker is frozen or gone does not hang', async () => {
    await using broker = await startMosquitto()
    const frozen = await open({ url: broker.url, protocolVersion })
    const gone = await open({ url: broker.url, protocolVersion })
    signal(broker, 'SIGSTOP')
    const publishing = failure(frozen.bus.publish('x', 1, { qos: 1 }))
    const started = performance.now()
    await frozen.bus.close()
    expect(performance.now() - started).toBeLessThan(4_000)
    expect((await publishing).code).toBe('CLOSED')
    signal(broker, 'SIGCONT')
    const lost = nextState(gone.bus, 'reconnecting')
    await broker.kill()
    await lost
    await gone.bus.close()
    expect(gone.bus.state.status).toBe('closed')
  })
})

describe('a connection of its own', () => {
  it('lost by the publishing side ends both, without the last will, and both come back', async () => {
    await using broker = await startMosquitto()
    await using watcher = await open({ url: broker.url })
    const wills = vi.fn()
    await watcher.bus.subscribe('will', wills)
    const lastWill = { topic: 'will', payload: '"dead"' }
    await using client = await open({ url: broker.url, clientId: 'bot1', connections: 2, lastWill })
    const listener = vi.fn()
    await client.bus.subscribe('news', listener)
    const lost = nextState(client.bus, 'reconnecting')
    const thief = connect(broker.url, { clientId: 'bot1-pub', reconnectPeriod: 0 })
    await lost
    const back = nextState(client.bus, 'connected')
    thief.end()
    await back
    await watcher.bus.publish('news', 1)
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce())
    expect(wills).not.toHaveBeenCalled()
  })

  it('taken over by a second client of that id, as MQTT 5 tells, is reported and not taken back for 5 s', async () => {
    await using broker = await startMosquitto()
    await using proxy = await startProxy(broker.port)
    await using client = await open({ url: proxy.url, clientId: 'bot1' })
    const lost = nextState(client.bus, 'reconnecting')
    proxy.hangUp(Uint8Array.of(0xe0, 0x02, 0x8e, 0x00)) // DISCONNECT, session taken over
    await lost
    const started = performance.now()
    expect(client.reports()).toEqual([expect.stringContaining('another client uses the client id "bot1')])
    await nextState(client.bus, 'connected')
    expect(performance.now() - started).toBeGreaterThan(4_900)
  })

  it('taken over again and again without a word is retried ever later, and reported', async () => {
    await using broker = await startMosquitto()
    await using first = await open({ url: broker.url, clientId: 'bot1' })
    await using second = await open({ url: broker.url, clientId: 'bot1' })
    await vi.waitFor(() => expect(first.reports()).toEqual([expect.stringContaining('"bot1"')]), { timeout: 10_000 })
    await vi.waitFor(() => expect(second.reports()).toEqual([expect.stringContaining('"bot1"')]), { timeout: 10_000 })
  })
})

describe('a process', () => {
  const start = async (options: object): Promise<ReturnType<typeof fork>> => {
    const flags = ['--conditions=@botbus/source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
    const child = fork(new URL('../test/child.ts', import.meta.url), [JSON.stringify(options)], { execArgv: flags })
    await once(child, 'message')
    return child
  }
  const lastWill = { topic: 'will', payload: '"dead"' }

  it('ends by itself after close, without its last will', async () => {
    await using broker = await startMosquitto()
    await using watcher = await open({ url: broker.url })
    const wills = vi.fn()
    await watcher.bus.subscribe('will', wills)
    const child = await start({ url: broker.url, lastWill })
    const exited = once(child, 'exit')
    const started = performance.now()
    child.send('close')
    expect(await exited).toEqual([0, null])
    expect(performance.now() - started).toBeLessThan(3_000)
    await watcher.bus.call('hbot/nobody/status').catch(() => undefined) // a round trip later
    expect(wills).not.toHaveBeenCalled()
  })

  it('that is killed has its last will published at once', async () => {
    await using broker = await startMosquitto()
    await using watcher = await open({ url: broker.url })
    const wills = vi.fn()
    await watcher.bus.subscribe('will', wills)
    const child = await start({ url: broker.url, lastWill: { ...lastWill, qos: 1, retain: true } })
    child.kill('SIGKILL')
    await vi.waitFor(() => expect(wills).toHaveBeenCalledOnce())
    const stored = vi.fn()
    await watcher.bus.subscribe('will', stored)
    await vi.waitFor(() => expect(stored.mock.lastCall?.[0]).toMatchObject({ data: 'dead', retained: true }))
  })
})

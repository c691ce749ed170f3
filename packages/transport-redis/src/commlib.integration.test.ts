import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { BrokerInstance } from '../../../scripts/broker/process/broker-process.d.mts'
import { startRedis } from '../../../scripts/broker/redis/redis.mjs'
import { ensurePython } from '../../../scripts/python.mjs'
import { numbers, open, openRaw } from '../test/support.ts'

interface Line {
  ready?: true
  heard?: [topic: string, data: unknown]
  answer?: unknown
}

let broker: BrokerInstance
let peer: ChildProcess
const lines: Line[] = []

beforeAll(async () => {
  const [python, started] = await Promise.all([ensurePython(), startRedis()])
  broker = started
  const program = fileURLToPath(new URL('../test/commlib_peer.py', import.meta.url))
  peer = spawn(python, [program, String(broker.port)], { stdio: ['pipe', 'ignore', 'inherit', 'pipe'] })
  createInterface(peer.stdio[3] as Readable).on('line', (line) => lines.push(JSON.parse(line) as Line))
  await vi.waitFor(() => expect(lines).toEqual([{ ready: true }]), { timeout: 30_000 })
})
afterAll(async () => {
  const exited = once(peer, 'exit')
  peer.stdin?.end()
  await exited
  await broker.stop()
})

const order = (what: { do: 'call' | 'publish'; name: string; data: unknown }): void =>
  void peer.stdin?.write(`${JSON.stringify(what)}\n`)
const answers = (): unknown[] => lines.flatMap((line) => ('answer' in line ? [line.answer] : []))

describe('a peer with commlib-py', () => {
  it('calls what we serve', async () => {
    await using server = await open({ url: broker.url })
    await server.bus.serve('ours/add', (data) => ({ sum: (data as { a: number }).a + 1 }))
    for (const a of numbers(10)) order({ do: 'call', name: 'ours.add', data: { a } })
    await vi.waitFor(() => expect(answers()).toEqual(numbers(10).map((a) => ({ sum: a + 1 }))), { timeout: 10_000 })
  })

  it('is called with rpc: lists, many times at once, and leaves no key', async () => {
    await using client = await open({ url: broker.url, rpc: 'lists' })
    await using raw = openRaw(broker.url)
    const calls = numbers(50).map((n) => client.bus.call('peer/double', { n }, { timeout: 10_000 }))
    expect(await Promise.all(calls)).toEqual(numbers(50).map((n) => ({ doubled: n * 2 })))
    expect(await raw.dbsize()).toBe(0)
  })

  it('hears what we publish, and is heard', async () => {
    await using client = await open({ url: broker.url })
    const listener = vi.fn()
    await client.bus.subscribe('theirs/+', listener)
    order({ do: 'publish', name: 'theirs.news', data: { x: 1 } })
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce())
    expect(listener.mock.lastCall?.[0]).toMatchObject({ topic: 'theirs/news', data: { x: 1 } })
    await client.bus.publish('news/today', { y: 2 })
    await vi.waitFor(() => expect(lines.at(-1)).toEqual({ heard: ['news.today', { y: 2 }] }))
  })
})

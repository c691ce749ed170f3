import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { environment } from '../test/environment.ts'
import type { Header } from './report/header.ts'
import type { Measure } from './report/measure.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const run = promisify(execFile)

describe('the benchmark', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botbus-bench-'))
  })

  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  it('measures ours on MQTT, and writes a table and one object for each measure', async () => {
    const file = join(folder, 'bench.json')
    const markdown = join(folder, 'bench.md')
    const args = ['mqtt', '--quick', '--rounds', '2', '--seconds', '0.1', '--contender', 'ours']
    const works = ['sequential', 'concurrent', 'pubsub', 'fanin', 'start']
    const files = ['--json', file, '--markdown', markdown]
    const { stdout, stderr } = await run(process.execPath, [MAIN, ...args, ...works, ...files], { env: environment })
    expect(stdout).toContain('### Mosquitto: RPC, 64 calls in flight')
    expect(stderr).toContain('mqtt fanin: measured in')
    expect(await readFile(markdown, 'utf8')).toBe(stdout)

    const [header, ...measures] = JSON.parse(await readFile(file, 'utf8')) as [Header, ...Measure[]]
    expect(header).toMatchObject({ type: 'header', node: process.version, plan: { rounds: 2, seconds: 0.1 } })
    expect(header.brokers['mqtt']).toMatch(/^Mosquitto \d/)
    expect(header.libraries['@botbus/mqtt']).toMatch(/^\d/)
    expect(header.command).toContain('pnpm bench mqtt --quick')
    const find = (work: string, name: string): Measure | undefined =>
      measures.find(({ work: ofWork, measure }) => ofWork === work && measure === name)
    expect(find('sequential', 'p50')?.median).toBeGreaterThan(0)
    expect(find('concurrent', 'rate')?.rounds).toHaveLength(2)
    expect(find('concurrent', 'lost')).toMatchObject({ sum: 0, contender: 'ours', broker: 'mqtt', unit: 'calls' })
    expect(find('pubsub', 'rate')?.median).toBeGreaterThan(1_000)
    expect(find('pubsub', 'lost')?.sum).toBe(0)
    expect(find('fanin', 'lost')?.sum).toBe(0)
    expect(find('start', 'first')?.median).toBeGreaterThan(0)
    expect(measures.filter(({ failure }) => failure !== undefined)).toEqual([])
  })

  it('leaves nothing running when it is interrupted', async () => {
    const child = spawn(process.execPath, [MAIN, 'mqtt', 'sequential', '--contender', 'ours'], { env: environment })
    const ended = once(child, 'exit')
    // The broker and two peers.
    const children = await vi.waitFor(async () => {
      const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(child.pid)])
      const pids = stdout.trim().split(/\s+/).map(Number)
      expect(pids.length).toBeGreaterThanOrEqual(3)
      return pids
    }, 20_000)
    child.kill('SIGINT')
    expect(await ended).toEqual([130, null])
    await vi.waitFor(() => {
      for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    }, 10_000)
  })
})

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environment } from '../test/environment.ts'
import type { BrokerKind } from './contenders/contender.ts'
import type { Measure } from './report/measure.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const run = promisify(execFile)

/*
 * A guard against decline, not a measurement: the bounds leave room for two cores that other tests use too. Ours and the floor take
 * turns, so that these disturb both. docs/performance.md has the figures of a quiet machine.
 */
describe.each<BrokerKind>(['mqtt', 'amqp', 'redis'])('on %s, beside a client written by hand', (broker) => {
  let folder: string
  const measures: Measure[] = []
  const find = (work: string, measure: string): Measure | undefined =>
    measures.find((known) => known.work === work && known.measure === measure && known.contender === 'ours')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botbus-guard-'))
    const file = join(folder, 'bench.json')
    const works = ['concurrent', 'pubsub', '--contender', 'ours', 'floor']
    const args = [MAIN, broker, ...works, '--rounds', '5', '--seconds', '0.3', '--json', file]
    await run(process.execPath, args, { env: environment })
    const [, ...found] = JSON.parse(await readFile(file, 'utf8')) as [unknown, ...Measure[]]
    measures.push(...found)
  })

  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  it.each(['concurrent', 'pubsub'])('keeps the rate and the CPU of %s within reach, and loses nothing', (work) => {
    expect(find(work, 'lost')?.sum).toBe(0)
    expect(find(work, 'rate')?.ratioToFloor).toBeGreaterThan(0.35)
    expect(find(work, 'cpu')?.ratioToFloor).toBeLessThan(2.5)
  })
})

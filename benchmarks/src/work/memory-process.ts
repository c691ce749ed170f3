/**
 * Entry of a process with many bots: `node --expose-gc src/work/memory-process.ts URL shared|own COUNT IDLE_SECONDS [BROKER_GROUP]`.
 * Writes one JSON line and ends.
 */
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bridge } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import type { Bus } from '@botbus/core'
import { residentBytesOfGroup } from './broker-memory.ts'

/** What many bots in one process take. Bytes and processor time are those of all of them together. */
export interface FleetUsage {
  readonly bridges: number
  /** Used heap after a garbage collection. */
  readonly heap: number
  /** Of buffers and other memory that the heap refers to. */
  readonly external: number
  readonly resident: number
  readonly brokerResident: number | undefined
  /** Open file descriptors. */
  readonly descriptors: number | undefined
  /** Milliseconds until all of them served. */
  readonly start: number
  /** Processor seconds for that. */
  readonly startCpu: number
  /** Processor seconds per second when nothing happens but heartbeats. */
  readonly idleCpu: number
}

/** So many bridges are started at once. */
const LANES = 16
/** Milliseconds until what starting left behind has been sent, received and collected. */
const SETTLING = 2_000

const BOT = { start: () => undefined, stop: () => undefined, status: () => 'trading' }

const [url = '', sharing, count = '0', idle = '0', group] = process.argv.slice(2)
const total = Number(count)
const shared = sharing === 'shared' ? await openBus(url) : undefined

// The first one loads and compiles what all of them share.
await openBridge(-1)
const before = await measure()
const begin = performance.now()
const cpuBefore = process.cpuUsage()
const bridges = await openBridges()
const start = performance.now() - begin
const startCpu = seconds(process.cpuUsage(cpuBefore))
await sleep(SETTLING)
const after = await measure()
const idleBefore = process.cpuUsage()
await sleep(Number(idle) * 1_000)
const idleCpu = Number(idle) > 0 ? seconds(process.cpuUsage(idleBefore)) / Number(idle) : 0
const usage: FleetUsage = {
  bridges: bridges.filter((bridge) => bridge.isRunning && !bridge.hasConflict).length,
  heap: after.heap - before.heap,
  external: after.external - before.external,
  resident: after.resident - before.resident,
  brokerResident: difference(after.broker, before.broker),
  descriptors: difference(after.descriptors, before.descriptors),
  start,
  startCpu,
  idleCpu,
}
process.stdout.write(`${JSON.stringify(usage)}\n`, () => process.exit())

async function openBridges(): Promise<Bridge[]> {
  const opened: Bridge[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < total) opened.push(await openBridge(next++))
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return opened
}

async function openBridge(number: number): Promise<Bridge> {
  const bus: Bus = shared ?? (await openBus(url))
  const bridge = new Bridge({ bus, bot: BOT, id: `bot${String(number).padStart(5, '0')}` })
  await bridge.start()
  return bridge
}

async function measure() {
  for (let round = 0; round < 3; round++) {
    await sleep(50)
    globalThis.gc?.()
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  const broker = group === undefined ? undefined : residentBytesOfGroup(Number(group))
  return { heap: heapUsed, external, resident: rss, broker, descriptors: openDescriptors() }
}

function openDescriptors(): number | undefined {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : undefined
}

function difference(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before
}

function seconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000_000
}

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startMosquitto } from '../../../scripts/broker/mosquitto/mosquitto.mjs'
import { open } from '../test/support.ts'
import type { MqttOptions } from './options.ts'

/** Milliseconds. A delayed ACK takes 40. The median is compared: a busy machine may be late once. */
const STALL = 30
const median = (durations: number[]): number => durations.sort((a, b) => a - b)[durations.length >> 1] as number

const SETTINGS: readonly Omit<MqttOptions, 'url'>[] = [
  {},
  { connections: 2 },
  { callQos: 1, connections: 2 },
  { protocolVersion: 4 },
]

describe.each(SETTINGS)('with a broker that leaves Nagle’s algorithm on and the options %o', (options) => {
  it('nothing waits for a delayed acknowledgement: not the end of a burst, nor calls that overlap, nor messages', async () => {
    await using broker = await startMosquitto()
    await using server = await open({ url: broker.url, ...options })
    await using client = await open({ url: broker.url, ...options })
    await server.bus.serve('hbot/b/status', (request) => request)
    await server.bus.serve('hbot/b/slow', async (request) => {
      await sleep(1)
      return request
    })
    const time = async (work: () => Promise<unknown>): Promise<number> => {
      const started = performance.now()
      await work()
      return performance.now() - started
    }
    const call = (name: string): Promise<unknown> => client.bus.call(`hbot/b/${name}`)

    const bursts: number[] = []
    for (let round = 0; round < 15; round++) {
      bursts.push(await time(() => Promise.all(Array.from({ length: 20 }, () => call('status')))))
    }
    expect(median(bursts)).toBeLessThan(STALL)

    const overlapping: Promise<number>[] = []
    for (let round = 0; round < 30; round++) {
      overlapping.push(time(() => call(round % 2 ? 'slow' : 'status')))
      await sleep(1)
    }
    expect(median(await Promise.all(overlapping))).toBeLessThan(STALL)

    const late: number[] = []
    await client.bus.subscribe('feed', ({ data }) => late.push(performance.now() - (data as number)))
    for (let round = 0; round < 30; round++) {
      await server.bus.publish('feed', performance.now())
      await server.bus.publish('feed', performance.now())
      await sleep(1)
    }
    await expect.poll(() => late.length).toBe(60)
    expect(median(late)).toBeLessThan(STALL)
  })
})

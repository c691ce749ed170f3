import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Peer } from '../contenders/contender.ts'
import { callLoop } from './call-loop.ts'

const command = { do: 'call', address: 'a', request: {}, inFlight: 1 } as const

function peerThat(call: () => Promise<unknown>): Peer {
  return { call } as unknown as Peer
}

describe('callLoop', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('keeps as many calls in flight as it is told, and makes as many as it is told', async () => {
    let inFlight = 0
    let most = 0
    const peer = peerThat(async () => {
      most = Math.max(most, ++inFlight)
      await nextTurn()
      inFlight--
      return { status: 200 }
    })
    expect(await callLoop(peer, { ...command, inFlight: 8, count: 50 })).toMatchObject({ calls: 50, lost: 0 })
    expect(most).toBe(8)
  })

  it('ends after its time', async () => {
    const peer = peerThat(async () => {
      await nextTurn()
      return { status: 200 }
    })
    const { calls, duration, lost } = await callLoop(peer, { ...command, seconds: 0.05 })
    expect(calls).toBeGreaterThan(1)
    expect(duration).toBeLessThan(1_000)
    expect(lost).toBe(0)
  })

  it('counts wrong replies and rejected calls as lost, and says why', async () => {
    let number = 0
    const peer = peerThat(async () => {
      number++
      if (number % 3 === 0) throw new Error('nobody there')
      return { status: number % 3 === 1 ? 200 : 400 }
    })
    const result = await callLoop(peer, { ...command, count: 9 })
    expect(result).toMatchObject({ calls: 3, lost: 6, reason: 'nobody there' })
  })

  it('gives up on calls that never settle', async () => {
    vi.useFakeTimers()
    let number = 0
    const peer = peerThat(() => (++number === 3 ? new Promise(() => undefined) : Promise.resolve({ status: 200 })))
    const result = callLoop(peer, { ...command, inFlight: 2, count: 10 })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await result).toMatchObject({ calls: 9, lost: 1 })
  })
})

import { describe, expect, it } from 'vitest'
import { Backoff } from './backoff.ts'

const delays = (backoff: Backoff, count: number): number[] => Array.from({ length: count }, () => backoff.next())

describe('back-off', () => {
  it('retries within 100 ms first, then ever later up to 30 s', () => {
    const series = delays(new Backoff(), 20)
    expect(series[0]).toBeLessThanOrEqual(100)
    for (const [attempt, delay] of series.entries()) {
      const full = Math.min(100 * 2 ** attempt, 30_000)
      expect(delay).toBeGreaterThanOrEqual(full / 2)
      expect(delay).toBeLessThanOrEqual(full)
    }
  })

  it('differs between clients', () => {
    expect(delays(new Backoff(), 5)).not.toEqual(delays(new Backoff(), 5))
  })

  it('starts over after a link that held, goes on after one that flapped', () => {
    const backoff = new Backoff()
    delays(backoff, 8)
    backoff.lost(500)
    expect(backoff.next()).toBeGreaterThan(10_000)
    backoff.lost(60_000)
    expect(backoff.next()).toBeLessThanOrEqual(100)
  })

  it('counts the links that were lost soon after one another', () => {
    const backoff = new Backoff()
    expect([500, 500, 60_000, 500].map((uptime) => backoff.lost(uptime))).toEqual([1, 2, 0, 1])
  })
})

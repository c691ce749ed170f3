import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Receipts } from './receipts.ts'

describe('Receipts', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('tells every 200 messages, and the rest when it has waited', () => {
    const told: number[] = []
    const receipts = new Receipts((count) => told.push(count))
    for (let index = 0; index < 450; index++) receipts.add({ timestamp: 1 })
    expect(told).toEqual([200, 400])
    vi.advanceTimersByTime(30)
    expect(told).toEqual([200, 400, 450])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not count what nobody has decoded', () => {
    const told: number[] = []
    const receipts = new Receipts((count) => told.push(count))
    receipts.add(Buffer.from('{"ts":1}'))
    receipts.add({ ts: 1 })
    vi.advanceTimersByTime(30)
    expect(told).toEqual([1])
  })
})

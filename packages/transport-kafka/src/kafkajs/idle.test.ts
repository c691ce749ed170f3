import { afterEach, describe, expect, it, vi } from 'vitest'
import { stopSpinning } from './idle.ts'

afterEach(() => {
  vi.useRealTimers()
})

function queue(pending: number, throttledUntil: number): Parameters<typeof stopSpinning>[0] {
  const made = {
    pending: Array(pending).fill({}),
    throttledUntil,
    throttleCheckTimeoutId: null,
    checkPendingRequests: vi.fn(),
    scheduleCheckPendingRequests: () => undefined,
  }
  stopSpinning(made)
  return made
}

describe('stopSpinning', () => {
  it('arms no timer while nothing waits, or nothing is throttled', () => {
    vi.useFakeTimers()
    queue(0, -1).scheduleCheckPendingRequests()
    queue(0, Date.now() + 500).scheduleCheckPendingRequests()
    queue(1, -1).scheduleCheckPendingRequests()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('looks again once, when the throttling ends', () => {
    vi.useFakeTimers()
    const throttled = queue(2, Date.now() + 500)
    throttled.scheduleCheckPendingRequests()
    throttled.scheduleCheckPendingRequests()
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(499)
    expect(throttled.checkPendingRequests).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(throttled.checkPendingRequests).toHaveBeenCalledOnce()
  })
})

import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RequestSignal } from './request-signal.ts'

describe('RequestSignal', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const setUp = (deadline?: number): { closing: AbortController; request: RequestSignal } => {
    const closing = new AbortController()
    return { closing, request: new RequestSignal(deadline, closing.signal) }
  }

  it('costs nothing until somebody asks for it', () => {
    const { closing } = setUp(Date.now() + 1_000)
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(closing.signal, 'abort')).toHaveLength(0)
  })

  it('is one signal, which fires at the deadline', () => {
    const { request } = setUp(Date.now() + 1_000)
    const signal = request.get()
    expect(request.get()).toBe(signal)
    vi.advanceTimersByTime(999)
    expect(signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(signal.reason).toMatchObject({ code: 'TIMEOUT' })
  })

  it('fires when the bus closes, with its reason', () => {
    const { closing, request } = setUp()
    const signal = request.get()
    closing.abort('closed')
    expect(signal.reason).toBe('closed')
    const late = new RequestSignal(undefined, closing.signal)
    expect(late.get().reason).toBe('closed')
  })

  it('has fired when the deadline has passed', () => {
    const signal = setUp(Date.now() - 5).request.get()
    vi.advanceTimersByTime(1)
    expect(signal.aborted).toBe(true)
  })

  it.each([Date.now() + 2 ** 31, Date.now() + 2 ** 40, 1e300, Number.MAX_VALUE])(
    'does not fire early for a deadline beyond the longest timer: %d',
    (deadline) => {
      const signal = setUp(deadline).request.get()
      vi.advanceTimersByTime(60_000)
      expect(signal.aborted).toBe(false)
    },
  )

  it('takes a deadline with a fraction', () => {
    const signal = setUp(Date.now() + 0.5).request.get()
    vi.advanceTimersByTime(2)
    expect(signal.aborted).toBe(true)
  })

  it('holds no timer and no listener once the handler has ended', () => {
    const { closing, request } = setUp(Date.now() + 1_000)
    const signal = request.get()
    request.end()
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(closing.signal, 'abort')).toHaveLength(0)
    closing.abort()
    expect(signal.aborted).toBe(false)
  })

  it('holds nothing either when it is asked for only then', () => {
    const { closing, request } = setUp(Date.now() + 1_000)
    request.end()
    expect(request.get().aborted).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(closing.signal, 'abort')).toHaveLength(0)
  })
})

import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BotbusError } from './errors.ts'
import { type PendingCall, PendingCalls } from './pending-calls.ts'

const call: Call = { id: '1', address: 'a/b', replyTo: '_inbox/c/1', timeout: 1_000, signal: undefined }
type Call = Pick<PendingCall, 'id' | 'address' | 'replyTo' | 'timeout' | 'signal'>

const setUp = (): PendingCalls => new PendingCalls(({ reject }, error) => reject(error))

const add = (calls: PendingCalls, waiting: Call): Promise<unknown> =>
  new Promise((resolve, reject) =>
    calls.add({ ...waiting, started: 0, resolve, reject, timer: undefined, onAbort: undefined }),
  )

const reply = { id: '1', address: '_inbox/c/1', payload: Buffer.from('1') }

describe('PendingCalls', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('hands out a call for its reply, once', () => {
    const calls = setUp()
    void add(calls, call)
    expect(calls.size).toBe(1)
    expect(calls.take(reply)).toMatchObject({ id: '1', address: 'a/b' })
    expect(calls.take(reply)).toBe('late_reply')
    expect(calls.size).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('refuses a reply that arrived elsewhere than at the address of its call', () => {
    const calls = setUp()
    void add(calls, call)
    expect(calls.take({ ...reply, address: 'hbot/other/reply/c/1' })).toBe('foreign_reply')
    expect(calls.take({ id: '1', payload: reply.payload })).toMatchObject({ id: '1' })
  })

  it('rejects after the timeout, not before, and a later reply is late', async () => {
    const calls = setUp()
    const replied = add(calls, call)
    const outcome = expect(replied).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
    vi.advanceTimersByTime(999)
    expect(calls.size).toBe(1)
    vi.advanceTimersByTime(1)
    expect(calls.size).toBe(0)
    await outcome
    expect(calls.take(reply)).toBe('late_reply')
  })

  it('rejects on abort with the reason as cause, and leaves no listener and no timer', async () => {
    const calls = setUp()
    const controller = new AbortController()
    const { signal } = controller
    const replied = add(calls, { ...call, signal })
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(replied).rejects.toMatchObject({ code: 'CANCELLED', outcome: 'unknown', cause: reason })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no abort listener behind a reply, and warns of none for 1,000 calls under one signal', () => {
    const warned = vi.spyOn(process, 'emitWarning')
    const calls = setUp()
    const { signal } = new AbortController()
    const ids = Array.from({ length: 1_000 }, (_, index) => String(index))
    for (const id of ids) void add(calls, { ...call, id, signal })
    for (const id of ids) expect(calls.take({ id, payload: Buffer.from(id) })).toMatchObject({ id })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  })

  it('rejects all, each with an error of its own, and none twice', async () => {
    const calls = setUp()
    const replies = [add(calls, call), add(calls, { ...call, id: '2' })]
    calls.rejectAll(() => new BotbusError('CLOSED', 'x'))
    calls.reject('1', new BotbusError('TIMEOUT', 'second'))
    const errors = await Promise.all(replies.map((one) => one.catch((error: unknown) => error)))
    expect(errors).toEqual([expect.objectContaining({ code: 'CLOSED' }), expect.objectContaining({ code: 'CLOSED' })])
    expect(errors[0]).not.toBe(errors[1])
    expect(vi.getTimerCount()).toBe(0)
  })
})

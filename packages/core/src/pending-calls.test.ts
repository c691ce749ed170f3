import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BotbusError } from './errors.ts'
import { PendingCalls } from './pending-calls.ts'

const call = { id: '1', address: 'a/b', replyTo: '_inbox/c/1', timeout: 1_000, signal: undefined }
const reply = { id: '1', address: '_inbox/c/1', payload: Buffer.from('1') }

describe('PendingCalls', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('settles a call with its reply, once', async () => {
    const calls = new PendingCalls()
    const replied = calls.add(call)
    expect(calls.size).toBe(1)
    expect(calls.settle(reply)).toBe('accepted')
    expect(calls.settle(reply)).toBe('late_reply')
    expect(await replied).toBe(reply)
    expect(calls.size).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('refuses a reply that arrived elsewhere than at the address of its call', async () => {
    const calls = new PendingCalls()
    const replied = calls.add(call)
    expect(calls.settle({ ...reply, address: 'hbot/other/reply/c/1' })).toBe('foreign_reply')
    expect(calls.settle({ id: '1', payload: reply.payload })).toBe('accepted')
    expect(await replied).not.toHaveProperty('address')
  })

  it('rejects after the timeout, not before, and a later reply is late', async () => {
    const calls = new PendingCalls()
    const replied = calls.add(call)
    const outcome = expect(replied).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
    vi.advanceTimersByTime(999)
    expect(calls.size).toBe(1)
    vi.advanceTimersByTime(1)
    expect(calls.size).toBe(0)
    await outcome
    expect(calls.settle(reply)).toBe('late_reply')
  })

  it('rejects on abort with the reason as cause, and leaves no listener and no timer', async () => {
    const calls = new PendingCalls()
    const controller = new AbortController()
    const { signal } = controller
    const replied = calls.add({ ...call, signal })
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(replied).rejects.toMatchObject({ code: 'CANCELLED', outcome: 'unknown', cause: reason })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no abort listener behind a reply, and warns of none for 1,000 calls under one signal', async () => {
    const warned = vi.spyOn(process, 'emitWarning')
    const calls = new PendingCalls()
    const { signal } = new AbortController()
    const ids = Array.from({ length: 1_000 }, (_, index) => String(index))
    const replies = ids.map((id) => calls.add({ ...call, id, signal }))
    for (const id of ids) calls.settle({ id, payload: Buffer.from(id) })
    expect((await Promise.all(replies)).map(({ id }) => id)).toEqual(ids)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  })

  it('rejects all, each with an error of its own, and none twice', async () => {
    const calls = new PendingCalls()
    const replies = [calls.add(call), calls.add({ ...call, id: '2' })]
    calls.rejectAll(() => new BotbusError('CLOSED', 'x'))
    calls.reject('1', new BotbusError('TIMEOUT', 'second'))
    const errors = await Promise.all(replies.map((one) => one.catch((error: unknown) => error)))
    expect(errors).toEqual([expect.objectContaining({ code: 'CLOSED' }), expect.objectContaining({ code: 'CLOSED' })])
    expect(errors[0]).not.toBe(errors[1])
    expect(vi.getTimerCount()).toBe(0)
  })
})

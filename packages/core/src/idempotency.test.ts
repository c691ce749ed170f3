import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Encoded } from './envelope.ts'
import { IdempotencyGuard } from './idempotency.ts'
import type { MaybePromise } from './maybe-promise.ts'

const limits = { window: 1_000, maxKeys: 3, maxCharacters: 1_000 }
const reply = (payload: string): Promise<Encoded> => Promise.resolve({ payload })

const remember = (guard: IdempotencyGuard, key: string, first: Promise<Encoded>): void =>
  guard.remember(key, { data: {}, reply: first }, key.length)
const replyTo = (guard: IdempotencyGuard, key: string): MaybePromise<Encoded> | undefined => guard.find(key)?.reply

function running(): { reply: Promise<Encoded>; finish: (payload: string) => Promise<void>; fail: () => Promise<void> } {
  const { promise, resolve, reject } = Promise.withResolvers<Encoded>()
  return {
    reply: promise,
    finish: async (payload) => {
      resolve({ payload })
      await promise
    },
    fail: async () => {
      reject(new Error('no'))
      await promise.catch(() => undefined)
    },
  }
}

describe('IdempotencyGuard', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  it('remembers a reply that was there at once', () => {
    const guard = new IdempotencyGuard(limits)
    const first = { payload: 'x'.repeat(10) }
    guard.remember('a', { data: {}, reply: first }, 1)
    expect(replyTo(guard, 'a')).toBe(first)
    for (const key of ['b', 'c', 'd']) guard.remember(key, { data: {}, reply: first }, 1)
    expect(replyTo(guard, 'a')).toBeUndefined()
  })

  it('knows no key before its first request', () => {
    expect(new IdempotencyGuard(limits).find('a')).toBeUndefined()
  })

  it('hands out the first reply, also while that is still running', async () => {
    const guard = new IdempotencyGuard(limits)
    const first = running()
    remember(guard, 'a', first.reply)
    const duplicate = guard.find('a')
    expect(duplicate).toBeDefined()
    await first.finish('one')
    expect(await duplicate?.reply).toEqual({ payload: 'one' })
    expect(await replyTo(guard, 'a')).toEqual({ payload: 'one' })
  })

  it('forgets a key after the window', async () => {
    const guard = new IdempotencyGuard(limits)
    remember(guard, 'a', reply('one'))
    await replyTo(guard, 'a')
    vi.advanceTimersByTime(999)
    expect(guard.find('a')).toBeDefined()
    vi.advanceTimersByTime(1)
    expect(guard.find('a')).toBeUndefined()
  })

  it('does not forget a request that still runs: not after the window, not when it is full', async () => {
    const guard = new IdempotencyGuard(limits)
    const long = running()
    remember(guard, 'long', long.reply)
    vi.advanceTimersByTime(5_000)
    for (const key of ['a', 'b', 'c', 'd']) {
      remember(guard, key, reply(key))
      await replyTo(guard, key)
    }
    expect(replyTo(guard, 'long')).toBe(long.reply)
    expect(['a', 'b', 'c', 'd'].filter((key) => guard.find(key) !== undefined)).toEqual(['c', 'd'])
    await long.finish('late')
    expect(guard.find('long')).toBeUndefined()
  })

  it('forgets the oldest first when there are too many keys', async () => {
    const guard = new IdempotencyGuard(limits)
    for (const key of ['a', 'b', 'c', 'd']) {
      remember(guard, key, reply(key))
      await replyTo(guard, key)
    }
    expect(['a', 'b', 'c', 'd'].map((key) => guard.find(key) !== undefined)).toEqual([false, true, true, true])
  })

  it('forgets the oldest first when replies or keys are too large together', async () => {
    const guard = new IdempotencyGuard({ ...limits, maxCharacters: 100 })
    for (const key of ['a', 'b']) {
      remember(guard, key, reply('x'.repeat(60)))
      await replyTo(guard, key)
    }
    expect(guard.find('a')).toBeUndefined()
    expect(guard.find('b')).toBeDefined()
    const long = 'k'.repeat(60)
    remember(guard, long, reply(''))
    await replyTo(guard, long)
    expect(guard.find('b')).toBeUndefined()
    expect(guard.find(long)).toBeDefined()
  })

  it('forgets a key whose work failed to make a reply', async () => {
    const guard = new IdempotencyGuard(limits)
    const first = running()
    remember(guard, 'a', first.reply)
    await first.fail()
    expect(guard.find('a')).toBeUndefined()
  })

  it('keeps the newest keys, and only them, over many requests', () => {
    const guard = new IdempotencyGuard(limits)
    for (let n = 0; n < 5_000; n++) guard.remember(`k${n}`, { data: {}, reply: { payload: 'x' } }, 1)
    const kept = Array.from({ length: 5_000 }, (_, n) => n).filter((n) => guard.find(`k${n}`) !== undefined)
    expect(kept).toEqual([4_997, 4_998, 4_999])
  })

  it('knows a key again that was used anew after its window', () => {
    const guard = new IdempotencyGuard(limits)
    guard.remember('a', { data: {}, reply: { payload: 'one' } }, 1)
    vi.advanceTimersByTime(1_000)
    expect(guard.find('a')).toBeUndefined()
    guard.remember('a', { data: {}, reply: { payload: 'two' } }, 1)
    guard.remember('b', { data: {}, reply: { payload: 'three' } }, 1)
    expect(replyTo(guard, 'a')).toEqual({ payload: 'two' })
  })
})

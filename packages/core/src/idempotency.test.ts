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
    for (const key of 'bcdefg') guard.remember(key, { data: {}, reply: first }, 1)
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
    const keys = [...'abcdefg']
    for (const key of keys) {
      remember(guard, key, reply(key))
      await replyTo(guard, key)
    }
    expect(replyTo(guard, 'long')).toBe(long.reply)
    expect(keys.filter((key) => guard.find(key) !== undefined)).toEqual(['d', 'e', 'f', 'g'])
    await long.finish('late')
    expect(guard.find('long')).toBeUndefined()
  })

  it('forgets the oldest first when there are too many keys: never the last ones, and all of twice as many', () => {
    const guard = new IdempotencyGuard(limits)
    const keys = Array.from({ length: 5_000 }, (_, n) => `k${n}`)
    const kept: string[][] = []
    for (const [n, key] of keys.entries()) {
      guard.remember(key, { data: {}, reply: { payload: 'x' } }, 1)
      kept.push(keys.slice(Math.max(0, n - 10), n + 1).filter((known) => guard.find(known) !== undefined))
      expect(kept[n]).toEqual(keys.slice(Math.max(0, n + 1 - (kept[n]?.length ?? 0)), n + 1))
    }
    const counts = kept.slice(10).map(({ length }) => length)
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([4, 6])
  })

  it('forgets the oldest first when replies or keys are too large together', async () => {
    const guard = new IdempotencyGuard({ ...limits, maxKeys: 100, maxCharacters: 200 })
    for (const key of ['a', 'b', 'c']) {
      remember(guard, key, reply('x'.repeat(60)))
      await replyTo(guard, key)
    }
    expect(['a', 'b', 'c'].map((key) => guard.find(key) !== undefined)).toEqual([false, true, true])
    const long = 'k'.repeat(60)
    remember(guard, long, reply(''))
    await replyTo(guard, long)
    expect(guard.find('b')).toBeUndefined()
    expect(guard.find(long)).toBeDefined()
  })

  it('lets go of what is older than the window with the requests that follow', async () => {
    const guard = new IdempotencyGuard(limits)
    const first = running()
    remember(guard, 'a', first.reply)
    await first.finish('one')
    vi.advanceTimersByTime(2_000)
    const again = running()
    remember(guard, 'a', again.reply)
    expect(replyTo(guard, 'a')).toBe(again.reply)
    await again.finish('two')
    expect(await replyTo(guard, 'a')).toEqual({ payload: 'two' })
  })

  it('forgets a key whose work failed to make a reply', async () => {
    const guard = new IdempotencyGuard(limits)
    const first = running()
    remember(guard, 'a', first.reply)
    await first.fail()
    expect(guard.find('a')).toBeUndefined()
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

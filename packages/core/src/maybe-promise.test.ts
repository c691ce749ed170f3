import { describe, expect, it } from 'vitest'
import { attempt, whenReady } from './maybe-promise.ts'

describe('whenReady', () => {
  it('goes on at once with a value, later with a promise of any library', async () => {
    expect(whenReady(1, (value) => value + 1)).toBe(2)
    expect(await whenReady(Promise.resolve(1), (value) => value + 1)).toBe(2)
    const foreign: PromiseLike<number> = Object.assign(Object.create(null), {
      // biome-ignore lint/suspicious/noThenProperty: a promise of another library
      then: (resolve: (value: number) => void) => resolve(1),
    })
    const next = whenReady(foreign, (value) => value + 1)
    expect(next).toBeInstanceOf(Promise)
    expect(await next).toBe(2)
  })
})

describe('attempt', () => {
  const recover = (error: unknown): string => `recovered from ${String(error)}`
  const fail = (): never => {
    throw new Error('a throw')
  }

  it('recovers from what is thrown and from what is rejected', async () => {
    expect(attempt(fail, recover)).toBe('recovered from Error: a throw')
    expect(await attempt(() => Promise.reject(new Error('a rejection')), recover)).toBe(
      'recovered from Error: a rejection',
    )
  })

  it('leaves a result as it is', async () => {
    expect(
      attempt(
        () => 1,
        () => 2,
      ),
    ).toBe(1)
    expect(
      await attempt(
        () => Promise.resolve(1),
        () => 2,
      ),
    ).toBe(1)
  })
})

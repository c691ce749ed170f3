import { describe, expect, it } from 'vitest'
import { rateKey } from './addresses.ts'
import { Buckets } from './buckets.ts'

describe('buckets', () => {
  it('give so many at once, then one per interval, each key its own', () => {
    let now = 0
    const buckets = new Buckets({ burst: 2, every: 1_000 }, () => now)
    expect([buckets.take('a'), buckets.take('a'), buckets.take('a'), buckets.take('b')]).toEqual([
      true,
      true,
      false,
      true,
    ])
    expect(buckets.retryAfter('a')).toBe(1)
    now = 1_000
    expect([buckets.take('a'), buckets.take('a')]).toEqual([true, false])
    now = 60_000
    expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([true, true, false])
    buckets.giveBack('a')
    expect(buckets.take('a')).toBe(true)
  })

  it('go on when the clock was set back', () => {
    let now = 10_000
    const buckets = new Buckets({ burst: 1, every: 1_000 }, () => now)
    buckets.take('a')
    now = 0
    expect(buckets.take('a')).toBe(false)
    now = 1_000
    expect(buckets.take('a')).toBe(true)
  })

  it('keep to their memory: the one that was used longest ago goes first', () => {
    const buckets = new Buckets({ burst: 1, every: 1_000 }, () => 0)
    buckets.take('kept')
    for (let index = 0; index < 20_000; index += 1) {
      buckets.take(`other ${index}`)
      if (index % 1_000 === 0) expect(buckets.take('kept')).toBe(false)
    }
    expect(buckets.size).toBe(10_000)
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('count %s as %s', (address, key) => expect(rateKey(address)).toBe(key))
})

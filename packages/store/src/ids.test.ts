import { describe, expect, it } from 'vitest'
import { createIds } from './ids.ts'

describe('ids', () => {
  it('have 26 characters, are never the same, and sort in the order in which they were made', () => {
    const nextId = createIds()
    const ids = Array.from({ length: 20_000 }, nextId)
    expect(ids.every((id) => /^[0-9a-hjkmnp-tv-z]{26}$/.test(id))).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(ids)
  })

  it('begin with the time', () => {
    const idAt = (time: number): string => createIds(() => time)()
    expect(idAt(0).startsWith('0000000000')).toBe(true)
    expect(idAt(33).startsWith('0000000011')).toBe(true)
    expect(idAt(2 ** 48 - 1).startsWith('7zzzzzzzzz')).toBe(true)
    expect(idAt(1_000).slice(10)).not.toBe(idAt(1_000).slice(10))
  })

  it('go on when the clock is set back, and follow it again later', () => {
    let now = 1_000_000
    const nextId = createIds(() => now)
    const first = nextId()
    now = 500_000
    const second = nextId()
    now = 1_000_001
    const third = nextId()
    expect([first, second, third].toSorted()).toEqual([first, second, third])
    expect(second.slice(0, 10)).toBe(first.slice(0, 10))
    expect(third.slice(0, 10)).not.toBe(first.slice(0, 10))
  })
})

import { describe, expect, it } from 'vitest'
import { RetainedLimit } from './retained-limit.ts'

const message = (topic: string, bytes: number, retain = true) => ({ topic, payload: 'x'.repeat(bytes), retain })

describe('RetainedLimit', () => {
  it('refuses what does not fit any more, and goes on with the rest', () => {
    const limit = new RetainedLimit(1_000)
    expect(limit.accepts(message('a', 600))).toBe(true)
    expect(limit.accepts(message('b', 600))).toBe(false)
    expect(limit.accepts(message('b', 600, false))).toBe(true)
    expect(limit.accepts(message('c', 100))).toBe(true)
  })

  it('counts a topic once, by its last message', () => {
    const limit = new RetainedLimit(1_000)
    for (let round = 0; round < 10; round++) expect(limit.accepts(message('a', 600))).toBe(true)
  })

  it('frees what an empty message deletes', () => {
    const limit = new RetainedLimit(1_000)
    limit.accepts(message('a', 800))
    expect(limit.accepts(message('b', 800))).toBe(false)
    expect(limit.accepts(message('a', 0))).toBe(true)
    expect(limit.accepts(message('b', 800))).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { exceedsJsonLimits } from './json-shape.ts'
import { MAX_JSON_DEPTH, MAX_JSON_MEMBERS } from './limits.ts'

const shapeOf = (text: string) => exceedsJsonLimits(Buffer.from(text))
const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`

describe('the shape of JSON', () => {
  it('is allowed up to its limits', () => {
    expect(shapeOf('')).toBeUndefined()
    expect(shapeOf('"text"')).toBeUndefined()
    expect(shapeOf(nested(MAX_JSON_DEPTH))).toBeUndefined()
    expect(shapeOf(JSON.stringify(Array(MAX_JSON_MEMBERS).fill(0)))).toBeUndefined()
  })

  it('is refused beyond them', () => {
    expect(shapeOf(nested(MAX_JSON_DEPTH + 2))).toBe('depth')
    expect(shapeOf(JSON.stringify(Array(MAX_JSON_MEMBERS + 1).fill(0)))).toBe('members')
    expect(shapeOf(JSON.stringify(Array(MAX_JSON_MEMBERS / 2 + 1).fill([])))).toBe('members')
  })

  it('does not count what stands in texts', () => {
    const text = `${'[{,"\\'.repeat(20_000)}\\`
    expect(shapeOf(JSON.stringify({ text, [text]: text }))).toBeUndefined()
    // A quote that is escaped does not end the text; one after an escaped backslash does.
    expect(shapeOf(`["\\"${'['.repeat(50)}"]`)).toBeUndefined()
    expect(shapeOf(`["\\\\",${'['.repeat(50)}`)).toBe('depth')
    expect(shapeOf(`"${'['.repeat(50)}`)).toBeUndefined()
  })

  it('is read in time proportional to its length', () => {
    const body = Buffer.from(`"${'\\"'.repeat(500_000)}`)
    const began = performance.now()
    expect(exceedsJsonLimits(body)).toBeUndefined()
    expect(performance.now() - began).toBeLessThan(500)
  })
})

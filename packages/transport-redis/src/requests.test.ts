import { isPattern, matches } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { MAX_PATTERN_LEVELS, patternsOf } from './requests.ts'

/** All patterns of up to so many levels out of these words. */
function allPatterns(words: readonly string[], levels: number): string[] {
  const shorter = levels === 1 ? [''] : allPatterns(words, levels - 1).filter((pattern) => !pattern.endsWith('#'))
  const longer = shorter.flatMap((prefix) =>
    [...words, '+', '#'].map((level) => (prefix === '' ? level : `${prefix}/${level}`)),
  )
  return levels === 1 ? longer : [...allPatterns(words, levels - 1), ...longer]
}

describe('the patterns that a caller looks for', () => {
  it('are all that match its address, each once', () => {
    const patterns = allPatterns(['a', 'b'], 4).filter(isPattern)
    for (const address of ['a', 'a/b', 'a/b/a']) {
      const found = patternsOf(address)
      expect(found.toSorted()).toEqual([...new Set(patterns.filter((pattern) => matches(pattern, address)))].toSorted())
    }
  })

  it('hide addresses that begin with $ from a leading wildcard', () => {
    expect(patternsOf('$a/b')).toEqual(['$a/+', '$a/b/#', '$a/+/#', '$a/#'])
  })

  it('stay few, however many levels an address has', () => {
    const found = patternsOf('a/'.repeat(100))
    expect(found.length).toBeLessThan(2 ** MAX_PATTERN_LEVELS)
    for (const pattern of found) expect(matches(pattern, 'a/'.repeat(100))).toBe(true)
  })
})

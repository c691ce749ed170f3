import { matches } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { toChannel, toFilters, toTopic } from './topics.ts'

/** As Redis's stringmatchlen does it, without sets of characters: those are escaped. */
function globMatches(glob: string, channel: string): boolean {
  const source = glob.replace(/\\(.)|\*|[.+^${}()|[\]\\]/gs, (token, literal?: string) => {
    if (literal !== undefined) return `\\u{${literal.codePointAt(0)?.toString(16)}}`
    return token === '*' ? '.*' : `\\${token}`
  })
  return new RegExp(`^${source}$`, 'su').test(channel)
}

const TOPICS = [
  'a',
  'a/b',
  'a/b/c',
  'a//c',
  '/a',
  'a/',
  '/',
  'b',
  'x.y/z',
  'x/y/z',
  '$SYS/a',
  'a/b/c/b',
  '*/b',
  'a?/b',
  '[a]/b',
  '\\/b',
]
const PATTERNS = [
  '#',
  '+',
  'a/#',
  'a/+',
  '+/b',
  '+/#',
  '+/+/#',
  '+/b/#',
  'a/+/c',
  'x.y/+',
  '/#',
  '*/+',
  '[a]/#',
  '\\/+',
  'a',
  'a/b',
  '+/a',
]

describe('channels', () => {
  it('have dots between levels, and swap dots within a level, so that no two topics share one', () => {
    expect(toChannel('hbot/bot1/log')).toBe('hbot.bot1.log')
    expect(toChannel('hbot/bot.1/log')).toBe('hbot.bot/1.log')
    for (const topic of TOPICS) expect(toTopic(toChannel(topic))).toBe(topic)
    expect(new Set(TOPICS.map(toChannel)).size).toBe(TOPICS.length)
  })
})

describe('filters', () => {
  it('let each matching message through exactly once, and no other', () => {
    for (const pattern of PATTERNS) {
      for (const topic of TOPICS) {
        const copies = toFilters(pattern).filter(({ kind, name, accepts }) => {
          const channel = toChannel(topic)
          return (kind === 'subscribe' ? name === channel : globMatches(name, channel)) && accepts(topic)
        })
        expect(copies.length, `${pattern} ${topic}`).toBe(matches(pattern, topic) ? 1 : 0)
      }
    }
  })

  it('escape what means something in a glob', () => {
    expect(toFilters('[a]*?\\/+').map(({ name }) => name)).toEqual(['\\[a\\]\\*\\?\\\\.*'])
  })
})

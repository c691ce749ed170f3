import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assertGroup,
  assertPattern,
  assertTopic,
  extractParameters,
  fillTemplate,
  isPattern,
  MAX_TOPIC_BYTES,
  matches,
} from './topics.ts'

const invalid = expect.objectContaining({ code: 'INVALID_ARGUMENT' })

describe('the matcher', () => {
  it.each([
    // literal
    ['a', 'a', true],
    ['a', 'b', false],
    ['a/b', 'a/b', true],
    ['a/b', 'a', false],
    ['a', 'a/b', false],
    ['a/b', 'a/c', false],
    ['A', 'a', false],
    ['ab', 'a', false],
    ['a', 'ab', false],
    // one level
    ['+', 'a', true],
    ['+', 'a/b', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['+/b', 'a/b', true],
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/c', false],
    ['+/+', 'a/b', true],
    ['+/+', 'a', false],
    // the rest, and the parent
    ['#', 'a', true],
    ['#', 'a/b/c', true],
    ['a/#', 'a/b', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'a', true],
    ['a/#', 'ab', false],
    ['a/#', 'b', false],
    ['a/b/#', 'a', false],
    ['+/#', 'a', true],
    ['a/+/#', 'a/b', true],
    ['a/+/#', 'a', false],
    // empty levels
    ['a//b', 'a//b', true],
    ['a//b', 'a/b', false],
    ['a/+/b', 'a//b', true],
    ['+/a', '/a', true],
    ['/+', '/a', true],
    ['+', '/a', false],
    ['+/+', '/', true],
    ['/', '/', true],
    ['a/', 'a/', true],
    ['a/', 'a', false],
    ['a', 'a/', false],
    ['a/+', 'a/', true],
    ['a/#', 'a/', true],
    ['#', '/', true],
    // topics of the broker
    ['#', '$SYS/uptime', false],
    ['+/uptime', '$SYS/uptime', false],
    ['+/#', '$SYS/uptime', false],
    ['$SYS/#', '$SYS/uptime', true],
    ['$SYS/#', '$SYS', true],
    ['$SYS/+', '$SYS/uptime', true],
    ['a/+', 'a/$b', true],
    ['a/#', 'a/$b', true],
    // metacharacters of globs and regular expressions are literal
    ['a.b', 'a.b', true],
    ['a.b', 'axb', false],
    ['a/*', 'a/b', false],
    ['a/*', 'a/*', true],
    ['a/?', 'a/b', false],
    ['a/[bc]', 'a/b', false],
    ['a/[bc]', 'a/[bc]', true],
    ['a/{b,c}', 'a/b', false],
    ['a/(b|c)', 'a/b', false],
    ['a/\\w', 'a/b', false],
    ['^a$', 'a', false],
    ['a/.*', 'a/bb', false],
    ['a b/+', 'a b/c', true],
    ['größe/+', 'größe/é', true],
    ['🤖/#', '🤖/x', true],
  ])('%j takes %j: %s', (pattern, topic, expected) => {
    expect(matches(pattern, topic)).toBe(expected)
  })

  it('agrees with a matcher written from the rules, for all small patterns and topics', () => {
    const level = fc.constantFrom('', 'a', 'b', '$x', 'a.b')
    const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'))
    const patterns = fc
      .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([levels, rest]) => [...levels, ...(rest ? ['#'] : [])].join('/'))
    fc.assert(
      fc.property(patterns, topics, (pattern, topic) => {
        expect(matches(pattern, topic)).toBe(slowMatches(pattern, topic))
      }),
      { numRuns: 2_000 },
    )
  })
})

function slowMatches(pattern: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(pattern)) return false
  const match = (p: string[], t: string[]): boolean => {
    if (p[0] === '#') return true
    if (p.length === 0 || t.length === 0) return p.length === t.length
    return (p[0] === '+' || p[0] === t[0]) && match(p.slice(1), t.slice(1))
  }
  const [p, t] = [pattern.split('/'), topic.split('/')]
  return match(p, t)
}

describe('topics and patterns', () => {
  it.each(['a', 'a/b', '/', '//', 'a//b', 'größe', '🤖', 'a b', '$SYS/x', 'x'.repeat(MAX_TOPIC_BYTES)])(
    'accepts the topic %j',
    (topic) => {
      expect(() => assertTopic(topic)).not.toThrow()
      expect(() => assertPattern(topic)).not.toThrow()
    },
  )

  it.each(['', 'a\u0000b', 'a\nb', 'a\u007f', 'a\u0085', '\ud800', 'x'.repeat(256), 'é'.repeat(128)])(
    'refuses %j, as topic and as pattern',
    (topic) => {
      expect(() => assertTopic(topic)).toThrow(invalid)
      expect(() => assertPattern(topic)).toThrow(invalid)
    },
  )

  it.each(['+', '#', 'a/+', 'a/#', 'a+b', 'a#'])('refuses the wildcard in the topic %j', (topic) => {
    expect(() => assertTopic(topic)).toThrow(invalid)
    expect(isPattern(topic)).toBe(true)
  })

  it.each(['+', '#', '+/+', 'a/+/b', 'a/#', '+/#', '/+'])('accepts the pattern %j', (pattern) => {
    expect(() => assertPattern(pattern)).not.toThrow()
  })

  it.each(['a+', '+a/b', 'a/#/b', '#/a', 'a#', '##', 'a/b#', '++'])('refuses the pattern %j', (pattern) => {
    expect(() => assertPattern(pattern)).toThrow(invalid)
  })

  it.each(['', 'a/b', '+', 'a#', 'a\n'])('refuses the group %j', (group) => {
    expect(() => assertGroup(group)).toThrow(invalid)
    expect(() => assertGroup('workers-1.b')).not.toThrow()
  })

  it('quotes no more than a part of a topic that is far too long', () => {
    try {
      assertTopic('x'.repeat(1_000_000))
      expect.unreachable()
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(500)
    }
  })
})

describe('templates', () => {
  it('fills each parameter with one level, and a last {name...} with several', () => {
    expect(fillTemplate('hbot/{bot}/log', { bot: 'b1' }, false)).toBe('hbot/b1/log')
    expect(fillTemplate('hbot/{bot}/event/{name...}', { bot: 'b1', name: 'a/b' }, false)).toBe('hbot/b1/event/a/b')
    expect(fillTemplate('plain', {}, false)).toBe('plain')
  })

  it('takes wildcards only where they are allowed', () => {
    expect(fillTemplate('hbot/{bot}/log', { bot: '+' }, true)).toBe('hbot/+/log')
    expect(fillTemplate('event/{name...}', { name: '#' }, true)).toBe('event/#')
    expect(fillTemplate('event/{name...}', { name: 'a/+/#' }, true)).toBe('event/a/+/#')
    expect(() => fillTemplate('hbot/{bot}/log', { bot: '+' }, false)).toThrow(invalid)
    expect(() => fillTemplate('hbot/{bot}/log', { bot: '#' }, true)).toThrow(invalid)
  })

  it('does not fill what a value brings along', () => {
    expect(fillTemplate('{a}/{b}', { a: '{b}', b: 'x' }, false)).toBe('{b}/x')
    expect(fillTemplate('{a}', { a: '$&' }, false)).toBe('$&')
  })

  it.each([
    ['missing', '{bot}', {}],
    ['inherited', '{constructor}', {}],
    ['not a text', '{bot}', { bot: 1 as unknown as string }],
    ['empty', 'a/{bot}', { bot: '' }],
    ['of two levels', '{bot}/x', { bot: 'a/b' }],
    ['a rest that is empty', 'a/{name...}', { name: '' }],
    ['a rest that is not last', '{name...}/x', { name: 'a' }],
  ])('refuses a parameter that is %s', (_, template, parameters) => {
    expect(() => fillTemplate(template, parameters, true)).toThrow(invalid)
  })

  it.each([
    ['hbot/{bot}/log', 'hbot/b1/log', { bot: 'b1' }],
    ['hbot/{bot}/log', 'hbot//log', { bot: '' }],
    ['hbot/{bot}/log', 'hbot/b1/hb', undefined],
    ['hbot/{bot}/log', 'hbot/b1', undefined],
    ['hbot/{bot}', 'hbot/b1/log', undefined],
    ['{a}/{b}', 'x/y', { a: 'x', b: 'y' }],
    ['event/{name...}', 'event/a', { name: 'a' }],
    ['event/{name...}', 'event/a/b/c', { name: 'a/b/c' }],
    ['event/{name...}', 'event', undefined],
    ['plain', 'plain', {}],
  ])('reads the parameters of %j in %j', (template, topic, expected) => {
    expect(extractParameters(template, topic)).toEqual(expected)
  })
})

import { botContract } from '@botbus/bridge'
import { describe, expect, it } from 'vitest'
import { compileGlob } from './glob.ts'
import { compileTopic } from './publish-topic.ts'
import { topicProblem } from './topics.ts'

describe('topicProblem', () => {
  const { commands, channels } = botContract('desk/two')
  const addresses = [
    ...Object.values(commands).map(({ address }) => address),
    ...Object.values(channels).map(({ topic }) => topic),
  ]

  it.each(addresses)('refuses %s, also with dots', (address) => {
    const topic = address.replace('{bot}', 'x').replace('{name...}', 'a/b')
    expect(topicProblem(topic)).toContain('is a command or channel of bots')
    expect(topicProblem(topic.replaceAll('/', '.'))).toContain('is a command or channel of bots')
  })

  it.each(['', 'a/+', '#', 'a\n', '$SYS/broker', '_inbox/a/b', 'hbot/x/reply/c/1'])('refuses %j', (topic) => {
    expect(topicProblem(topic)).toMatch(/accepted: /)
  })

  it.each(['hbot/predictions/btc_usdt/ML_SIGNALS', 'desk/signals', 'start', 'hbot/stop', 'a/b/c/d/e'])(
    'takes %s',
    (topic) => {
      expect(topicProblem(topic)).toBeUndefined()
    },
  )
})

describe('compileGlob', () => {
  it.each([
    ['mm-*', 'mm-1', true],
    ['mm-*', 'mm-', true],
    ['mm-*', 'xmm-1', false],
    ['*', 'a/b', false],
    ['**', 'a/b', true],
    ['desk/*/x', 'desk/a/x', true],
    ['desk/*/x', 'desk/a/b/x', false],
    ['desk/**', 'desk/a/b', true],
    ['**/x*', 'p/x/q/xy', true],
    ['a.c', 'abc', false],
    ['a.c*', 'a.c(d', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['x/*/y', 'x//y', true],
    ['*/y', 'x/y', true],
    ['*/y', 'a/x/y', false],
    ['**/y', 'a/x/y', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b/b-c', false],
    ['alpha', 'ALPHA', false],
    ['**', 'x'.repeat(256), false],
  ])('%s and %s: %s', (glob, text, fits) => {
    expect(compileGlob(glob)(text)).toBe(fits)
  })
})

describe('compileTopic', () => {
  const fill = (topic: string, fields: Record<string, string>, allowed: string[] = []) =>
    compileTopic(
      topic,
      allowed,
    )({ format: 'generic', fields, ...('ticker' in fields ? { ticker: fields['ticker'] ?? '' } : {}) })
  const notAllowed = (message: string) =>
    expect.objectContaining({ code: 'NOT_ALLOWED', message: expect.stringContaining(message) })

  it('fills in levels, and whole topics that are allowed', () => {
    expect(fill('desk/a', {})).toBe('desk/a')
    expect(fill('desk/{{ticker}}', { ticker: 'BTCUSDT.P' })).toBe('desk/BTCUSDT.P')
    expect(fill('desk/{{fields.s}}', { s: 'one' }, ['desk/one'])).toBe('desk/one')
    expect(fill('{{fields.topic}}', { topic: 'desk/a/b' }, ['desk/**'])).toBe('desk/a/b')
  })

  it.each([
    ['desk/{{fields.s}}', { s: 'two' }, 'the alert names the topic "desk/two", which is not among allow.topics'],
    ['desk/{{fields.s}}', { s: 'one/more' }, '"fields.s" must be one level of a topic'],
    ['desk/{{fields.s}}', { s: '+' }, '"fields.s" must be one level of a topic'],
    ['hbot/x/{{fields.s}}', { s: 'start' }, 'hbot/x/start is a command or channel of bots'],
    ['desk/{{ticker}}', { ticker: 'x.start' }, 'desk/x.start is a command or channel of bots'],
    ['{{fields.topic}}', { topic: 'hbot/x/stop' }, 'hbot/x/stop is a command or channel of bots'],
    ['{{fields.topic}}', { topic: 'other' }, 'the alert names the topic "other"'],
  ])('refuses %s with %j', (topic, fields, message) => {
    expect(() => fill(topic, fields as Record<string, string>, ['desk/one', 'hbot/**', 'desk/*/*'])).toThrow(
      notAllowed(message),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { toBindingKey, toRoutingKey, toTopic } from './topics.ts'

describe('topics', () => {
  it.each([
    ['hbot/b1/log', 'hbot.b1.log'],
    ['hbot/b.1/log', 'hbot.b/1.log'],
    ['a//b', 'a..b'],
    ['/', '.'],
    ['.', '/'],
    ['a', 'a'],
    ['$SYS/x', '$SYS.x'],
    ['a/*/[b]', 'a.*.[b]'],
  ])('%s is published as %s, and read back', (topic, key) => {
    expect(toRoutingKey(topic)).toBe(key)
    expect(toTopic(key)).toBe(topic)
  })

  it.each([
    ['hbot/+/log', 'hbot.*.log'],
    ['hbot/#', 'hbot.#'],
    ['+/+', '*.*'],
    ['#', '#'],
    ['v1.2/+', 'v1/2.*'],
  ])('the pattern %s is bound as %s', (pattern, key) => {
    expect(toBindingKey(pattern)).toBe(key)
  })
})

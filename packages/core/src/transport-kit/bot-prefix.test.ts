import { expect, it } from 'vitest'
import { botPrefix } from './bot-prefix.ts'

it.each([
  ['hbot/b1/stop', 'hbot/b1'],
  ['hbot/b1/balance/limit', 'hbot/b1'],
  ['hbot/eu/b1/stop', 'hbot/eu/b1'],
  ['hbot/eu/stop', 'hbot/eu'],
])('is that of the longest namespace: of %s, %s', (address, prefix) => {
  expect(botPrefix(address, ['hbot/eu', 'hbot'])).toBe(prefix)
})

it.each(['calculator/add', 'hbot', 'hbot/b1', 'hbot//stop', 'hbots/b1/stop', 'hbot/b.1/stop', 'h.bot/b1/stop'])(
  'is none for %s',
  (address) => {
    expect(botPrefix(address, ['hbot', 'h.bot'])).toBeUndefined()
  },
)

it('is none for a bot whose reply address would be longer than a topic may be', () => {
  const longest = 255 - 'hbot/'.length - '/reply//'.length - 64
  expect(botPrefix(`hbot/${'b'.repeat(longest)}/stop`, ['hbot'])).toBe(`hbot/${'b'.repeat(longest)}`)
  expect(botPrefix(`hbot/${'b'.repeat(longest + 1)}/stop`, ['hbot'])).toBeUndefined()
})

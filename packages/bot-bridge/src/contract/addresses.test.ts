import { describe, expect, it } from 'vitest'
import { isBotAddress } from './addresses.ts'
import { botContract } from './contract.ts'

const { commands, channels } = botContract()
const suffixes = [
  ...Object.values(commands).map(({ address }) => address),
  ...Object.values(channels).map(({ topic }) => topic),
].map((template) => template.replace('hbot/{bot}/', '').replace('{name...}', 'a/b'))

describe('isBotAddress', () => {
  it.each(suffixes)('knows %s of any bot in any namespace, dotted or not', (suffix) => {
    expect(isBotAddress(`hbot/B/${suffix}`)).toBe(true)
    expect(isBotAddress(`other/name/space/B/${suffix}`)).toBe(true)
    expect(isBotAddress(`hbot.B.${suffix.replaceAll('/', '.')}`)).toBe(true)
    expect(isBotAddress(`hbot/B.${suffix}`)).toBe(true)
  })

  it.each([['hbot/B/external/event'], ['hbot/B/external/event/'], ['hbot/B/external/event/x']])(
    'knows %s, which a subscription to external/event/# gets',
    (topic) => {
      expect(isBotAddress(topic)).toBe(true)
    },
  )

  it.each([
    ['hbot/x/hass_replies'],
    ['hummingbot-api/response/123'],
    ['rpc-65947191a0c542cb901a83700dcee117'],
    ['hbot/B/reply/0123456789abcdef0123456789abcdef/0123456789abcdef0123456789abcdef'],
    ['_inbox/0123456789abcdef0123456789abcdef/1'],
    ['stop'],
    ['replies/stopped'],
    ['hbot/B/stop/reply'],
    ['hbot/B/external/events/x'],
  ])('lets replies go to %s', (topic) => {
    expect(isBotAddress(topic)).toBe(false)
  })
})

import { matches } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { Inbox } from './inbox.ts'

const id = '0123456789abcdef0123456789abcdef'
const common = (inbox: Inbox): string => inbox.filters[0] as string
const ofNamespace = (inbox: Inbox): string => inbox.filters[1] as string

describe('inbox', () => {
  it('receives replies of a bot below the bot’s own prefix', () => {
    const inbox = new Inbox(['hbot'])
    const address = inbox.replyAddress('hbot/alpha/balance/limit', id)
    expect(address).toMatch(new RegExp(`^hbot/alpha/reply/[0-9a-f]{32}/${id}$`))
    expect(matches(ofNamespace(inbox), address)).toBe(true)
  })

  it.each(['service/echo', 'hbot', 'hbot/alpha', 'hbot//status', 'hbots/alpha/status'])(
    'receives the reply from %s, which is no bot’s, in the common inbox',
    (address) => {
      const inbox = new Inbox(['hbot'])
      expect(inbox.replyAddress(address, id)).toMatch(new RegExp(`^_inbox/[0-9a-f]{32}/${id}$`))
      expect(matches(common(inbox), inbox.replyAddress(address, id))).toBe(true)
    },
  )

  it('knows reply addresses of its kind from those of other peers', () => {
    const inbox = new Inbox(['hbot'])
    const own = ['hbot/alpha/status', 'service/echo'].map((address) => inbox.replyAddress(address, id))
    inbox.setRefused(inbox.filters.slice(0, 1))
    own.push(inbox.replyAddress('service/echo', id))
    const others = [
      `rpc-${id}`,
      'hummingbot-api/response/1671819499250',
      'hbot/A/hass_replies',
      `reply/${id}`,
      `x/${id}/${id}`,
    ]
    expect(own.map(Inbox.isOurs)).toEqual([true, true, true])
    expect(others.map(Inbox.isOurs)).toEqual(others.map(() => false))
  })

  it('never puts a dot into a reply address: old bots would write it as a slash', () => {
    expect(new Inbox(['hbot']).replyAddress('hbot/a.b/status', id)).toMatch(/^_inbox\//)
    expect(new Inbox(['h.bot']).replyAddress('h.bot/a/status', id)).toMatch(/^_inbox\//)
  })

  it('knows namespaces of several levels, and takes the longest that fits', () => {
    const inbox = new Inbox(['farm/hbot', 'farm'])
    expect(inbox.replyAddress('farm/hbot/a/status', id)).toMatch(/^farm\/hbot\/a\/reply\//)
    expect(inbox.replyAddress('farm/b/status', id)).toMatch(/^farm\/b\/reply\//)
  })

  it('stays within the longest topic', () => {
    const inbox = new Inbox(['hbot'])
    expect(inbox.replyAddress(`hbot/${'x'.repeat(240)}/s`, id)).toMatch(/^_inbox\//)
    expect(inbox.replyAddress(`hbot/${'x'.repeat(178)}/s`, id)).toHaveLength(255)
  })

  it('cannot be guessed: its address is another for each transport', () => {
    expect(new Inbox(['hbot']).filters).not.toEqual(new Inbox(['hbot']).filters)
  })

  it('works on with the filters that the broker granted', () => {
    const inbox = new Inbox(['hbot'])
    inbox.setRefused([common(inbox)])
    const elsewhere = inbox.replyAddress('service/echo', id)
    expect(matches(ofNamespace(inbox), elsewhere)).toBe(true)
    expect(inbox.isRefused(elsewhere)).toBe(false)
    inbox.setRefused([ofNamespace(inbox)])
    const bot = inbox.replyAddress('hbot/alpha/status', id)
    expect(matches(common(inbox), bot)).toBe(true)
    expect(inbox.isRefused(bot)).toBe(false)
  })

  it('says so when no reply could arrive', () => {
    const inbox = new Inbox(['hbot'])
    inbox.setRefused(inbox.filters)
    expect(inbox.isRefused(inbox.replyAddress('hbot/alpha/status', id))).toBe(true)
    expect(inbox.isRefused(inbox.replyAddress('service/echo', id))).toBe(true)
    inbox.setRefused([])
    expect(inbox.isRefused(inbox.replyAddress('hbot/alpha/status', id))).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { replyRule } from './reply-rule.ts'

describe('the reply rule', () => {
  it.each(['_inbox/c/1', 'rpc-65947191a0c542cb901a83700dcee117', 'hummingbot-api/response/1', 'hbot/b1/hass_replies'])(
    'allows %j without prefixes',
    (address) => {
      expect(replyRule(undefined)(address)).toBe(true)
    },
  )

  it.each(['', '$SYS/x', '$share/g/t', 'a/+', '#', 'a/#', 'a\u0000', 'x'.repeat(256)])(
    'refuses %j always',
    (address) => {
      expect(replyRule(undefined)(address)).toBe(false)
      expect(replyRule([''])(address)).toBe(false)
    },
  )

  it('with prefixes, allows nothing else', () => {
    const rule = replyRule(['_inbox/', 'rpc-'])
    expect(rule('_inbox/c/1')).toBe(true)
    expect(rule('rpc-1')).toBe(true)
    expect(rule('hbot/b2/stop')).toBe(false)
    expect(rule('x/_inbox/c/1')).toBe(false)
    expect(replyRule([])('_inbox/c/1')).toBe(false)
  })
})

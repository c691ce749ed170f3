import { describe, expect, it } from 'vitest'
import { DIRECT_REPLY_TO, Inbox, toReplyAddress, toReplyQueue } from './inbox.ts'
import { toRoutingKey, toTopic } from './topics.ts'

const ID = '0123456789abcdef0123456789abcdef'

describe('the inbox', () => {
  it('is direct reply-to', () => {
    const inbox = new Inbox([])
    expect(inbox.replyAddress('hbot/b1/stop', ID)).toBe('amq.rabbitmq.reply-to')
    expect(inbox.patterns).toEqual([])
    expect(inbox.reachesBots('hbot/b1/stop')).toBe(false)
  })

  it('lies below the prefix of a bot that may be on MQTT, with 128 bits that nobody can guess', () => {
    const inbox = new Inbox(['hbot'])
    const address = inbox.replyAddress('hbot/b1/balance/limit', ID)
    expect(address).toMatch(new RegExp(`^hbot/b1/reply/[0-9a-f]{32}/${ID}$`))
    expect(inbox.patterns).toEqual([address.replace('b1', '+').replace(ID, '+')])
    expect(Inbox.idOf(address)).toBe(ID)
  })

  it.each([
    'calculator/add',
    'hbot',
    'hbot/b1',
    'hbot//stop',
    'hbots/b1/stop',
    'hbot/b.1/stop',
    `hbot/${'b'.repeat(180)}/stop`,
  ])('takes nobody at %s for a bot on MQTT', (address) => {
    const inbox = new Inbox(['hbot'])
    expect(inbox.reachesBots(address)).toBe(false)
    expect(inbox.replyAddress(address, ID)).toBe(DIRECT_REPLY_TO)
  })
})

describe('the reply address of a request', () => {
  const token = `${DIRECT_REPLY_TO}.g1h2+A/Oe-like==.qW+h8==`.replace('-like', '')

  it('of direct reply-to passes the rule for topics and comes back unchanged', () => {
    const address = toReplyAddress(token, toTopic)
    expect(address).not.toMatch(/[+#]/)
    expect(address.startsWith('amq.rabbitmq.reply-to.')).toBe(true)
    expect(toReplyQueue(address, toRoutingKey)).toBe(token)
  })

  it('that is the queue of a command is seen as that command', () => {
    expect(toReplyAddress('hbot.b2.stop', toTopic)).toBe('hbot/b2/stop')
    expect(toReplyQueue('hbot/b2/stop', toRoutingKey)).toBe('hbot.b2.stop')
  })
})

import { BotbusError } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { Acknowledgements } from './acknowledgements.ts'

function setUp(receiveMaximum = 100): {
  sent: [topic: string, packetId: number][]
  acknowledgements: Acknowledgements
} {
  const sent: [string, number][] = []
  const acknowledgements = new Acknowledgements(receiveMaximum, ({ topic }, packetId) => {
    if (topic === 'large') throw new BotbusError('INVALID_PAYLOAD', 'too large', { outcome: 'not_sent' })
    sent.push([topic, packetId])
  })
  return { sent, acknowledgements }
}

const publish = (topic: string, isRequest = false) => ({ topic, payload: '', isRequest })

describe('published messages', () => {
  it('resolve with their own acknowledgement, in whatever order it comes', async () => {
    const { sent, acknowledgements } = setUp()
    const settled: string[] = []
    const all = ['a', 'b', 'c'].map((topic) => acknowledgements.publish(publish(topic)).then(() => settled.push(topic)))
    const ids = new Map(sent)
    for (const topic of ['b', 'c', 'a']) acknowledgements.settle(ids.get(topic) as number, 0)
    await Promise.all(all)
    expect(settled).toEqual(['b', 'c', 'a'])
    expect(new Set(ids.values()).size).toBe(3)
  })

  it('wait beyond the receive maximum, in order, and no packet id is in use twice', async () => {
    const { sent, acknowledgements } = setUp(3)
    const topics = Array.from({ length: 1_000 }, (_, index) => `t/${index}`)
    const all = topics.map((topic) => acknowledgements.publish(publish(topic)))
    for (let acknowledged = 0; acknowledged < topics.length; acknowledged++) {
      const open = sent.slice(acknowledged)
      expect(open.length).toBeLessThanOrEqual(3)
      expect(new Set(open.map(([, id]) => id)).size).toBe(open.length)
      acknowledgements.settle((open[0] as [string, number])[1], 0)
    }
    await Promise.all(all)
    expect(sent.map(([topic]) => topic)).toEqual(topics)
  })

  it('reject with what the broker says against them', async () => {
    const { sent, acknowledgements } = setUp()
    const denied = acknowledgements.publish(publish('denied'))
    const request = acknowledgements.publish(publish('request', true))
    const event = acknowledgements.publish(publish('event'))
    for (const [topic, id] of sent) acknowledgements.settle(id, topic === 'denied' ? 0x87 : 0x10)
    await expect(denied).rejects.toMatchObject({ code: 'UNAUTHORIZED', outcome: 'not_sent' })
    await expect(request).rejects.toMatchObject({ code: 'NO_RESPONDER', outcome: 'not_sent' })
    await expect(event).resolves.toBeUndefined()
  })

  it('reject when the link goes down: `unknown` what was sent, `not_sent` what waited', async () => {
    const { acknowledgements } = setUp(1)
    const results = [publish('a'), publish('b')].map((message) => acknowledgements.publish(message))
    const settled = Promise.allSettled(results)
    acknowledgements.fail(new BotbusError('NOT_CONNECTED', 'gone'))
    const reasons = (await settled).map((result) => (result as PromiseRejectedResult).reason as BotbusError)
    expect(reasons.map(({ code, outcome }) => `${code} ${outcome}`)).toEqual([
      'NOT_CONNECTED unknown',
      'NOT_CONNECTED not_sent',
    ])
    await acknowledgements.idle()
  })

  it('that cannot be sent take no place', async () => {
    const { sent, acknowledgements } = setUp(1)
    await expect(acknowledgements.publish(publish('large'))).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' })
    const next = acknowledgements.publish(publish('a'))
    acknowledgements.settle((sent[0] as [string, number])[1], 0)
    await next
  })

  it('are not disturbed by an acknowledgement of nothing', async () => {
    const { sent, acknowledgements } = setUp()
    const message = acknowledgements.publish(publish('a'))
    for (const id of [0, 2, 65_535]) acknowledgements.settle(id, 0)
    expect(await Promise.race([message.then(() => 'settled'), Promise.resolve('open')])).toBe('open')
    acknowledgements.settle((sent[0] as [string, number])[1], 0)
    await message
  })
})

import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'
import { durableQueue, groupQueueName } from './queues.ts'

const settings = (durableQueues: 'classic' | 'quorum'): ReturnType<typeof parseOptions> =>
  parseOptions({ url: 'amqp://broker', durableQueues })

describe('queues', () => {
  it('of durable groups lose nothing by a limit of deliveries, which RabbitMQ 4 would set', () => {
    expect(durableQueue(settings('quorum'), '4.1.0').arguments).toEqual({
      'x-queue-type': 'quorum',
      'x-delivery-limit': -1,
    })
    expect(durableQueue(settings('quorum'), '3.10.8').arguments).toEqual({ 'x-queue-type': 'quorum' })
    expect(durableQueue(settings('classic'), '4.1.0').arguments).toEqual({ 'x-queue-type': 'classic' })
  })

  it('have names that say whose they are and fit into 255 bytes', () => {
    expect(groupQueueName('durable', 'archive', 'hbot/+/events')).toBe('botbus.durable.archive.hbot.+.events')
    const long = groupQueueName('group', 'g'.repeat(200), 'p'.repeat(200))
    expect(long.length).toBeLessThanOrEqual(255)
    expect(long).not.toBe(groupQueueName('group', 'g'.repeat(200), 'q'.repeat(200)))
  })

  it('are not shared by groups whose names and patterns only look alike when joined', () => {
    expect(groupQueueName('durable', 'a.b', 'c')).not.toBe(groupQueueName('durable', 'a', 'b/c'))
  })
})

import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'
import { keyOf, keyOfPattern, Topics } from './topics.ts'

function topics(query = ''): Topics {
  const found = new Topics(parseOptions({ url: `kafka://h${query}` }))
  const info = { partitions: 12, maxMessageBytes: 1_000 }
  found.found(new Map([...found.specs.map(({ name }) => [name, info] as const)]))
  return found
}

describe('topics', () => {
  it('have their first two levels as the key', () => {
    expect(['hbot/bot1/status', 'hbot/bot1', 'hbot', 'a//b', '/x/y'].map(keyOf)).toEqual([
      'hbot/bot1',
      'hbot/bot1',
      'hbot',
      'a/',
      '/x',
    ])
  })

  it('of a pattern have a key in common only when its first two levels are literal', () => {
    expect(['hbot/bot1/#', 'hbot/bot1/+/x', 'hbot/bot1', 'hbot'].map(keyOfPattern)).toEqual([
      'hbot/bot1',
      'hbot/bot1',
      'hbot/bot1',
      'hbot',
    ])
    expect(['hbot/#', 'hbot/+', 'hbot/+/log', '+/bot1/log', '#', '+'].map(keyOfPattern)).toEqual(
      Array(6).fill(undefined),
    )
  })

  it('are read from one partition where the key is known, from all of them otherwise', () => {
    expect(topics().messagesOf('hbot/bot1/#')).toEqual([
      { topic: 'botbus.messages', partition: topics().partitionFor('botbus.messages', 'hbot/bot1') },
    ])
    expect(topics().messagesOf('hbot/+/log')).toHaveLength(12)
    expect(topics().commandsOf('hbot/bot1/start')).toHaveLength(1)
  })

  it('with a Kafka topic of their own are read there, and by the wildcards that match them', () => {
    const own = topics('?ownTopics=lab/in')
    expect(own.messagesOf('lab/in').map(({ topic }) => topic)).toEqual(Array(12).fill('lab.in'))
    expect(own.messagesOf('lab/#').map(({ topic }) => topic)).toContain('lab.in')
    expect(own.messagesOf('hbot/#').map(({ topic }) => topic)).not.toContain('lab.in')
    expect(own.ownerOf('lab.in')).toBe('lab/in')
  })

  it('spread 10,000 bots evenly', () => {
    const counts = Array<number>(12).fill(0)
    const spread = topics()
    for (let bot = 0; bot < 10_000; bot++) {
      const partition = spread.partitionFor('botbus.messages', `hbot/bot-${bot}`)
      counts[partition] = (counts[partition] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 10_000 / 12)).toBeLessThan(150)
  })
})

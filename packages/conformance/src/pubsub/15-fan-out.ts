import { expect } from 'vitest'
import { publishAll } from '../stage/publishing.ts'
import { eventually, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const MESSAGES = 200

export function fanOut({ promise }: Suite): void {
  promise(
    15,
    'each subscriber gets each message once, however many subscribe, and unrelated topics get none',
    async (stage) => {
      const publisher = await stage.open()
      const subscribers = [await stage.open(), await stage.open(), publisher]
      const received: unknown[][] = []
      const unrelated: unknown[] = []
      for (const { bus } of subscribers) {
        for (const _ of numbers(2)) {
          const own: unknown[] = []
          received.push(own)
          await bus.subscribe(stage.topic('news'), ({ data }) => own.push(data))
        }
        for (const other of ['news/more', 'new', 'newsx', 'other']) {
          await bus.subscribe(stage.topic(other), ({ topic, data }) => unrelated.push([topic, data]))
        }
      }
      await publishAll(publisher.bus, stage.topic('news'), numbers(MESSAGES))
      await publisher.bus.publish(stage.topic('other'), 'fence', { qos: 1 })
      await eventually(() => expect(received.map(({ length }) => length)).toEqual(Array(6).fill(MESSAGES)))
      for (const own of received) expect(new Set(own)).toEqual(new Set(numbers(MESSAGES)))
      const fences = subscribers.map(() => [stage.topic('other'), 'fence'])
      await eventually(() => expect(unrelated).toEqual(fences))
      for (const own of received) expect(own).toHaveLength(MESSAGES)
    },
  )

  promise(15, 'equal messages are different messages: each arrives as often as it was published', async (stage) => {
    const [publisher, subscriber] = [await stage.open(), await stage.open()]
    let count = 0
    await subscriber.bus.subscribe(stage.topic('tick'), () => count++)
    await publishAll(publisher.bus, stage.topic('tick'), Array(50).fill('same'))
    for (const _ of numbers(50)) await publisher.bus.publish(stage.topic('tick'), 'same')
    await publisher.bus.publish(stage.topic('tick'), 'last', { qos: 1 })
    await eventually(() => expect(count).toBe(101))
  })
}

import { expect } from 'vitest'
import type { Stage } from '../stage/stage.ts'
import { eventually, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const MESSAGES = 1_000

interface Note {
  readonly who: number
  readonly index: number
}

async function check(stage: Stage, qos: 0 | 1): Promise<void> {
  const publishers = [await stage.open(), await stage.open()]
  const subscriber = await stage.open()
  const received: Note[] = []
  const options = { capacity: 2 * publishers.length * MESSAGES }
  await subscriber.bus.subscribe(stage.topic('steps'), ({ data }) => received.push(data as Note), options)
  await Promise.all(
    publishers.map(async ({ bus }, who) => {
      for (let start = 0; start < MESSAGES; start += 100) {
        const window = numbers(100).map((offset) => ({ who, index: start + offset }))
        await Promise.all(window.map((note) => bus.publish(stage.topic('steps'), note, { qos })))
      }
    }),
  )
  await eventually(() => expect(received).toHaveLength(publishers.length * MESSAGES))
  for (const who of publishers.keys()) {
    const own = received.filter((note) => note.who === who).map(({ index }) => index)
    if (stage.capabilities.ordering === 'none') expect(own.toSorted((a, b) => a - b)).toEqual(numbers(MESSAGES))
    else expect(own).toEqual(numbers(MESSAGES))
  }
}

export function order({ promise }: Suite): void {
  promise(18, '1,000 messages of each of two publishers arrive in order, confirmed ones', (stage) => check(stage, 1))

  promise(18, '1,000 messages of each of two publishers arrive in order, unconfirmed ones', (stage) => check(stage, 0))

  promise(18, 'requests of one client to one server arrive in order', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    const received: unknown[] = []
    await server.bus.serve(stage.topic('queue'), (request) => received.push(request))
    await Promise.all(numbers(500).map((index) => client.bus.call(stage.topic('queue'), index)))
    if (stage.capabilities.ordering === 'none') expect(new Set(received)).toEqual(new Set(numbers(500)))
    else expect(received).toEqual(numbers(500))
  })
}

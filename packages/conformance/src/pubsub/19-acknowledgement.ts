import type { DeadLetter } from '@botbus/core'
import { expect, vi } from 'vitest'
import { startPeer } from '../peer/peer-process.ts'
import { publishAll } from '../stage/publishing.ts'
import type { Stage } from '../stage/stage.ts'
import { eventually, failure, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

/** Where it is not declared, the opposite is promised: it is refused. */
async function isDeclared(stage: Stage): Promise<boolean> {
  if (stage.capabilities.atLeastOnce) return true
  const { bus } = await stage.open()
  const options = { atLeastOnce: true, ...(stage.capabilities.groups === 'all' ? { group: stage.group('g') } : {}) }
  expect((await failure(bus.subscribe(stage.topic('t'), () => undefined, options))).code).toBe('UNSUPPORTED')
  return false
}

export function acknowledgement({ promise }: Suite): void {
  promise(
    19,
    'a listener that throws gets the message again, and after the limit it goes to the dead letter hook',
    async (stage) => {
      if (!(await isDeclared(stage))) return
      const [publisher, subscriber] = [await stage.open(), await stage.open()]
      const letters: DeadLetter[] = []
      const handled: unknown[] = []
      const attempts = new Map<unknown, number>()
      const listener = ({ data }: { data: unknown }): void => {
        const attempt = (attempts.get(data) ?? 0) + 1
        attempts.set(data, attempt)
        if (data === 'never' || (data === 'third time' && attempt < 3)) throw new Error('not now')
        handled.push(data)
      }
      const atLeastOnce = { attempts: 4, retryDelay: 5, deadLetter: (letter: DeadLetter) => void letters.push(letter) }
      await subscriber.bus.subscribe(stage.topic('t'), listener, { group: stage.group('g'), atLeastOnce })
      const items = ['at once', 'never', 'third time', 'at the end']
      for (const item of items) await publisher.bus.publish(stage.topic('t'), item, { qos: 1 })
      await eventually(() => expect(handled).toHaveLength(3))
      await eventually(() => expect(letters).toHaveLength(1))
      expect(new Set(handled)).toEqual(new Set(['at once', 'third time', 'at the end']))
      expect(Object.fromEntries(attempts)).toEqual({ 'at once': 1, never: 4, 'third time': 3, 'at the end': 1 })
      expect(letters).toMatchObject([{ topic: stage.topic('t'), attempts: 4, error: { message: 'not now' } }])
      expect(Buffer.from(letters[0]?.payload ?? '').toString()).toBe('"never"')
      expect(subscriber.dropped('dead_letter')).toHaveLength(1)
    },
  )

  promise(19, 'the broker keeps what a group has not got, while nobody of it is there', async (stage) => {
    if (!(await isDeclared(stage))) return
    const [publisher, subscriber] = [await stage.open(), await stage.open()]
    const options = { group: stage.group('g'), atLeastOnce: true }
    const first = await subscriber.bus.subscribe(stage.topic('t'), () => undefined, options)
    await first.close()
    await publishAll(publisher.bus, stage.topic('t'), numbers(50))
    const received: unknown[] = []
    const later = await stage.open()
    await later.bus.subscribe(stage.topic('t'), ({ data }) => received.push(data), options)
    await eventually(() => expect(new Set(received)).toEqual(new Set(numbers(50))))
  })

  promise(19, 'what a member had not finished when it left comes to another one', async (stage) => {
    if (!(await isDeclared(stage))) return
    const [publisher, leaving, staying] = [await stage.open(), await stage.open(), await stage.open()]
    const options = { group: stage.group('g'), atLeastOnce: true }
    const stuck = vi.fn(() => new Promise(() => undefined))
    await leaving.bus.subscribe(stage.topic('t'), stuck, options)
    await publishAll(publisher.bus, stage.topic('t'), numbers(10))
    await eventually(() => expect(stuck).toHaveBeenCalledOnce())
    await leaving.bus.close({ grace: 0 })
    const received: unknown[] = []
    await staying.bus.subscribe(stage.topic('t'), ({ data }) => received.push(data), options)
    await eventually(() => expect(new Set(received)).toEqual(new Set(numbers(10))))
  })

  promise(19, 'what a member had not finished when its process was killed comes to another one', async (stage) => {
    if (!(await isDeclared(stage))) return
    const group = stage.group('g')
    const doomed = await startPeer(stage, { acknowledge: { pattern: stage.topic('t'), group } })
    const publisher = await stage.open()
    await publishAll(publisher.bus, stage.topic('t'), numbers(20))
    await eventually(() => expect(doomed.received.length).toBeGreaterThan(0))
    const received: unknown[] = []
    const survivor = await stage.open()
    await doomed.kill()
    await survivor.bus.subscribe(stage.topic('t'), ({ data }) => received.push(data), { group, atLeastOnce: true })
    await eventually(() => expect(new Set(received)).toEqual(new Set(numbers(20))))
  })

  promise(
    19,
    'never more than was asked for is under way, and one slow member does not stop the other',
    async (stage) => {
      if (!(await isDeclared(stage))) return
      const [publisher, slow, quick] = [await stage.open(), await stage.open(), await stage.open()]
      const wide = stage.capabilities.wildcards
      const pattern = stage.topic(wide ? '+/t' : 't')
      const options = { group: stage.group('g'), atLeastOnce: true, concurrency: 2, capacity: 2 }
      const stuck = vi.fn(() => new Promise(() => undefined))
      await slow.bus.subscribe(pattern, stuck, options)
      const received: unknown[] = []
      await quick.bus.subscribe(pattern, ({ data }) => received.push(data), { ...options, capacity: 64 })
      for (const index of numbers(100))
        await publisher.bus.publish(stage.topic(wide ? `${index}/t` : 't'), index, { qos: 1 })
      await eventually(() => expect(received.length).toBeGreaterThan(20))
      expect(stuck.mock.calls.length).toBeLessThanOrEqual(2)
    },
  )
}

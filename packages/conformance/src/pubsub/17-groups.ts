import { expect } from 'vitest'
import { eventually, failure, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const MESSAGES = 300

export function subscriberGroups({ promise }: Suite): void {
  promise(
    17,
    'one member of each group gets a message, every group gets it, and all members get work',
    async (stage) => {
      const [publisher, first, second] = [await stage.open(), await stage.open(), await stage.open()]
      const { groups, wildcards } = stage.capabilities
      // Some brokers share by key, which is what a topic begins with (a bot): the work has many.
      const pattern = stage.topic(wildcards ? '+/work' : 'work')
      const topic = (index: number): string => stage.topic(wildcards ? `${index}/work` : 'work')
      if (groups !== 'all') {
        const refused = first.bus.subscribe(pattern, () => undefined, { group: stage.group('one') })
        expect((await failure(refused)).code).toBe('UNSUPPORTED')
        return
      }
      const member = async (party: typeof first, group?: string): Promise<unknown[]> => {
        const received: unknown[] = []
        const options = { capacity: MESSAGES, ...(group === undefined ? {} : { group: stage.group(group) }) }
        await party.bus.subscribe(pattern, ({ data }) => received.push(data), options)
        return received
      }
      const one = [await member(first, 'one'), await member(second, 'one'), await member(publisher, 'one')]
      const other = [await member(first, 'other'), await member(first, 'other')]
      const alone = [await member(second)]
      for (const index of numbers(MESSAGES)) await publisher.bus.publish(topic(index), index, { qos: 1 })
      const all = numbers(MESSAGES)
      for (const group of [one, other, alone]) {
        await eventually(() => expect(group.flat().length).toBeGreaterThanOrEqual(MESSAGES))
      }
      await publisher.bus.publish(topic(0), MESSAGES, { qos: 1 })
      for (const group of [one, other, alone]) {
        await eventually(() => expect(group.flat()).toContain(MESSAGES))
        expect(group.flat().toSorted((a, b) => Number(a) - Number(b))).toEqual([...all, MESSAGES])
        for (const received of group) expect(received.length).toBeGreaterThan(0)
      }
    },
  )

  promise(17, 'the members that are left get everything when one leaves', async (stage) => {
    if (stage.capabilities.groups !== 'all') stage.skip('subscriptions form no groups here')
    const [publisher, first, second] = [await stage.open(), await stage.open(), await stage.open()]
    const [pattern, group] = [stage.topic('work'), stage.group('g')]
    const received: unknown[] = []
    const leaving = await first.bus.subscribe(pattern, ({ data }) => received.push(data), { group })
    await second.bus.subscribe(pattern, ({ data }) => received.push(data), { group })
    for (const index of numbers(20)) await publisher.bus.publish(pattern, index, { qos: 1 })
    await eventually(() => expect(received).toHaveLength(20))
    await leaving.close()
    for (const index of numbers(20)) await publisher.bus.publish(pattern, 20 + index, { qos: 1 })
    await eventually(() => expect(received).toHaveLength(40))
    expect(new Set(received)).toEqual(new Set(numbers(40)))
  })
}

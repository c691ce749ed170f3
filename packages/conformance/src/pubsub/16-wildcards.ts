import { expect } from 'vitest'
import { eventually, failure } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

/** Every message goes to each of these once. `P` is a level that no other test uses. */
const TOPICS = [
  'P',
  'P/',
  'P/a',
  'P/ab',
  'P/A',
  'P/a/',
  'P/a/b',
  'P/a/b/c',
  'P/a//c',
  'P/a/b/c/d',
  '/P/a',
  'P/$a',
  '$P/a',
  'P/a.b',
  'P/a*',
  'P/*',
  'P/**',
  'P/?',
  'P/[a-z]',
  'P/{a,b}',
  'P/^a$',
  'P/(a|b)',
  'P/.',
  'P/.*',
  'P/a\\b',
  'P/a%2Fb',
  'P/a b',
  'P/a:b',
  'P/>',
  'P/ä€😀',
] as const

type Topic = (typeof TOPICS)[number]

const oneLevel = TOPICS.filter((topic) => /^P\/[^/]*$/.test(topic))
const below = TOPICS.filter((topic) => topic === 'P' || topic.startsWith('P/'))
const literal = oneLevel.filter((topic) => !['P/', 'P/a', 'P/ab', 'P/A'].includes(topic))

/** One truth for all transports: which topics a pattern takes. */
const TRUTH: readonly (readonly [pattern: string, topics: readonly Topic[]])[] = [
  ['P', ['P']],
  ['P/', ['P/']],
  ['P/a', ['P/a']],
  ['P/+', oneLevel],
  ['P/#', below],
  ['P/a/#', ['P/a', 'P/a/', 'P/a/b', 'P/a/b/c', 'P/a//c', 'P/a/b/c/d']],
  ['P/a/+', ['P/a/', 'P/a/b']],
  ['P/+/b', ['P/a/b']],
  ['P/a/+/c', ['P/a/b/c', 'P/a//c']],
  ['P/+/+/c', ['P/a/b/c', 'P/a//c']],
  ['P/+/+/#', ['P/a/', 'P/a/b', 'P/a/b/c', 'P/a//c', 'P/a/b/c/d']],
  ['P/+/#', below.filter((topic) => topic !== 'P')],
  ['P/a/b/c/#', ['P/a/b/c', 'P/a/b/c/d']],
  ['P/nothing/#', []],
  ['+/a', ['P/a']],
  ['/P/+', ['/P/a']],
  ['+/P/a', ['/P/a']],
  ['+/P/#', ['/P/a']],
  ['#', TOPICS.filter((topic) => !topic.startsWith('$'))],
  ['$P/a', ['$P/a']],
  ['$P/+', ['$P/a']],
  ['$P/#', ['$P/a']],
  ...literal.map((topic) => [topic, [topic]] as const),
  // Each subscription counts for itself.
  ['P/a', ['P/a']],
  ['P/+', oneLevel],
]

export function wildcards({ promise }: Suite): void {
  promise(16, 'patterns match as one truth table says, overlapping ones each once', async (stage) => {
    const real = (text: string): string => text.replace('P', stage.prefix)
    const [publisher, subscriber] = [await stage.open(), await stage.open()]
    if (!stage.capabilities.wildcards) {
      expect((await failure(subscriber.bus.subscribe(real('P/+'), () => undefined))).code).toBe('UNSUPPORTED')
    }
    const table = TRUTH.filter(([pattern]) => stage.capabilities.wildcards || !/[+#]/.test(pattern))
    const received = table.map(() => [] as string[])
    for (const [row, [pattern]] of table.entries()) {
      await subscriber.bus.subscribe(real(pattern), ({ topic, data }) => {
        if (data !== stage.prefix) return
        received[row]?.push(topic)
      })
    }
    for (const topic of TOPICS) await publisher.bus.publish(real(topic), stage.prefix, { qos: 1 })
    const expected = table.map(([pattern, topics]) => [pattern, topics.map(real).toSorted()])
    const found = (): unknown[] => table.map(([pattern], row) => [pattern, received[row]?.toSorted()])
    await eventually(() => expect(found()).toEqual(expected))
    // Whatever came twice, or wrongly, is there when one more round is.
    await publisher.bus.publish(real('P'), 'fence', { qos: 1 })
    await publisher.bus.publish(real('P/a'), stage.prefix, { qos: 1 })
    await eventually(() =>
      expect(received.flat().filter((topic) => topic === real('P/a'))).toHaveLength(2 * takers(table, 'P/a')),
    )
    expect(received.flat()).toHaveLength(table.flatMap(([, topics]) => topics).length + takers(table, 'P/a'))
  })

  promise(
    16,
    'two patterns of one client that are closed one after the other stop one after the other',
    async (stage) => {
      const [publisher, subscriber] = [await stage.open(), await stage.open()]
      const patterns = stage.capabilities.wildcards ? ['a/#', 'a/+', 'a/b'] : ['a/b', 'a/b', 'a/b']
      const counts = patterns.map(() => 0)
      const open = await Promise.all(
        patterns.map((pattern, index) =>
          subscriber.bus.subscribe(stage.topic(pattern), () => {
            counts[index] = (counts[index] ?? 0) + 1
          }),
        ),
      )
      let last = 0
      await subscriber.bus.subscribe(stage.topic('a/b'), () => last++)
      const expected = patterns.map(() => 0)
      for (const [round, subscription] of open.entries()) {
        await publisher.bus.publish(stage.topic('a/b'), round, { qos: 1 })
        await eventually(() => expect(last).toBe(round + 1))
        for (let index = round; index < expected.length; index++) expected[index] = round + 1
        await eventually(() => expect(counts).toEqual(expected))
        await subscription.close()
      }
      await publisher.bus.publish(stage.topic('a/b'), 'end', { qos: 1 })
      await eventually(() => expect(last).toBe(open.length + 1))
      expect(counts).toEqual(expected)
    },
  )
}

function takers(table: typeof TRUTH, wanted: Topic): number {
  return table.filter(([, topics]) => topics.includes(wanted)).length
}

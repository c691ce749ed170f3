import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches } from '../topics.ts'
import { TopicTree } from './topic-tree.ts'

const level = fc.constantFrom('', 'a', 'b', '$x', '$SYS')
const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'))
const patterns = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, rest]) => (rest ? [...levels, '#'] : levels).join('/'))
  .chain((pattern) => fc.constantFrom(pattern, '#', '+/#'))

describe('TopicTree', () => {
  it('finds what the matcher finds, also after some have left', () => {
    const all = fc.uniqueArray(patterns, { maxLength: 12 })
    fc.assert(
      fc.property(all, fc.infiniteStream(fc.boolean()), topics, (added, leaves, topic) => {
        const tree = new TopicTree<string>()
        for (const pattern of added) tree.add(pattern, pattern)
        const left = added.filter((pattern) => {
          const hasLeft = leaves.next().value === true
          if (hasLeft) tree.delete(pattern, pattern)
          return !hasLeft
        })
        const expected = left.filter((pattern) => matches(pattern, topic))
        expect(tree.matching(topic).toSorted()).toEqual(expected.toSorted())
      }),
      { numRuns: 2_000 },
    )
  })

  it('keeps several values at one pattern apart', () => {
    const tree = new TopicTree<number>()
    tree.add('a/+', 1)
    tree.add('a/+', 2)
    expect(tree.matching('a/b')).toEqual([1, 2])
    tree.delete('a/+', 1)
    tree.delete('a/+', 1)
    tree.delete('a/c', 2)
    expect(tree.matching('a/b')).toEqual([2])
  })

  it('finds a pattern once for a topic that has a wildcard in it', () => {
    const tree = new TopicTree<string>()
    for (const pattern of ['a/+', 'a/#']) tree.add(pattern, pattern)
    expect(tree.matching('a/+').toSorted()).toEqual(['a/#', 'a/+'])
    expect(tree.matching('a/#').toSorted()).toEqual(['a/#', 'a/+'])
  })

  it('matches a topic that begins with the name of a wildcard’s level only literally', () => {
    const tree = new TopicTree<string>()
    for (const pattern of ['$SYS/#', '+/a', '#']) tree.add(pattern, pattern)
    expect(tree.matching('$SYS/a')).toEqual(['$SYS/#'])
    expect(tree.matching('$SYS')).toEqual(['$SYS/#'])
  })
})

import { describe, expect, it, vi } from 'vitest'
import { BotbusError } from '../errors.ts'
import { SubscriptionTable, type TableEntry } from './subscription-table.ts'

interface Link {
  down: BotbusError | undefined
}

const refusal = new BotbusError('UNAUTHORIZED', 'refused')

function setUp() {
  const log: string[] = []
  const refused = new Set<string>()
  const name = ({ pattern, group }: TableEntry<string>): string => (group ? `${group}:${pattern}` : pattern)
  const gate = { open: Promise.resolve() }
  const table = new SubscriptionTable<Link, string>({
    subscribe: async (_, entry, isRestore) => {
      log.push(`${isRestore ? '*' : '+'}${name(entry)}`)
      await gate.open
      if (refused.has(entry.pattern)) throw refusal
    },
    unsubscribe: async (_, entry) => void log.push(`-${name(entry)}`),
  })
  const matching = (topic: string): string[] => table.matching(topic).flatMap((entry) => [...entry.listeners])
  return { table, log, refused, gate, matching, link: { down: undefined } as Link }
}

describe('a subscription table', () => {
  it('takes a subscription back when its last listener has gone, and only then', async () => {
    const { table, log, link, matching } = setUp()
    const leaveOne = await table.subscribe(link, 'a/+', undefined, 'one')
    const leaveTwo = await table.subscribe(link, 'a/+', undefined, 'two')
    expect(matching('a/b')).toEqual(['one', 'two'])
    await leaveOne()
    await leaveOne()
    expect(log).toEqual(['+a/+', '+a/+'])
    await leaveTwo()
    expect(log.at(-1)).toBe('-a/+')
    expect(matching('a/b')).toEqual([])
  })

  it('keeps groups, exact topics and patterns apart, and finds all that match', async () => {
    const { table, link, matching } = setUp()
    await table.subscribe(link, 'a/b', undefined, 'exact')
    await table.subscribe(link, 'a/b', 'g', 'member')
    await table.subscribe(link, 'a/#', undefined, 'pattern')
    await table.subscribe(link, 'c', undefined, 'other')
    expect(matching('a/b').sort()).toEqual(['exact', 'member', 'pattern'])
    expect(matching('a')).toEqual(['pattern'])
  })

  it('keeps groups and patterns with spaces apart', async () => {
    const { table, log, link } = setUp()
    await table.subscribe(link, 'b c', 'a', 'one')
    const leave = await table.subscribe(link, 'c', 'a b', 'two')
    await leave()
    expect(log).toEqual(['+a:b c', '+a b:c', '-a b:c'])
  })

  it('keeps no listener that the broker refused', async () => {
    const { table, link, refused, matching } = setUp()
    refused.add('a')
    await expect(table.subscribe(link, 'a', undefined, 'one')).rejects.toBe(refusal)
    expect(matching('a')).toEqual([])
  })

  it('restores everything on a new link, and tells what was refused', async () => {
    const { table, log, link, refused, matching } = setUp()
    table.add('inbox', 'own')
    await table.subscribe(link, 'a', 'g', 'one')
    await table.subscribe(link, 'b', undefined, 'two')
    refused.add('b')
    log.length = 0
    expect(await table.restore({ down: undefined })).toEqual([{ pattern: 'b', group: undefined, error: refusal }])
    expect(log).toEqual(['*inbox', '*g:a', '*b'])
    expect(matching('b')).toEqual(['two'])
  })

  it('rejects a restore when the new link goes down', async () => {
    const { table, link, refused } = setUp()
    await table.subscribe(link, 'a', undefined, 'one')
    refused.add('a')
    await expect(table.restore({ down: refusal })).rejects.toBe(refusal)
  })

  it('runs the operations of one entry in order, so that racing ones leave the right state', async () => {
    const { table, log, link, gate, matching } = setUp()
    const opened = Promise.withResolvers<void>()
    gate.open = opened.promise
    const first = table.subscribe(link, 'a', undefined, 'one')
    const second = table.subscribe(link, 'a', undefined, 'two')
    opened.resolve()
    await (await first)()
    await second
    expect(log).toEqual(['+a', '+a'])
    expect(matching('a')).toEqual(['two'])
  })

  it('does not wait for a link that is down when a listener leaves', async () => {
    const { table, link, gate } = setUp()
    const leave = await table.subscribe(link, 'a', undefined, 'one')
    link.down = refusal
    gate.open = new Promise(() => undefined)
    void table.restore({ down: undefined })
    const left = vi.fn()
    await leave().then(left)
    expect(left).toHaveBeenCalledOnce()
  })
})

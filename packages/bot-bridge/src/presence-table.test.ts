import { describe, expect, it } from 'vitest'
import { PresenceTable } from './presence-table.ts'

const S = 1_000

describe('PresenceTable', () => {
  it('lists who was heard, by id', () => {
    const table = new PresenceTable(10)
    for (const id of ['b', 'a', 'C']) table.heartbeat(id, {}, 0)
    expect(table.list(0).map(({ id }) => id)).toEqual(['C', 'a', 'b'])
    expect(table.get('a', 0)).toEqual({ id: 'a', health: 'online', lastSeen: 0 })
    expect(table.get('d', 0)).toBeUndefined()
  })

  it('lists a bot that says online, but none that is only known by a goodbye', () => {
    const table = new PresenceTable(10)
    table.availability('a', true, undefined, 0)
    table.availability('b', false, undefined, 0)
    expect(table.list(0).map(({ id }) => id)).toEqual(['a'])
  })

  it.each([['a b'], ['x'.repeat(129)], ['']])('does not list %j, which is no id', (id) => {
    const table = new PresenceTable(10)
    table.heartbeat(id, {}, 0)
    expect(table.list(0)).toEqual([])
  })

  it('does not let a flood of new ids push out bots that are there', () => {
    const table = new PresenceTable(3)
    for (let i = 0; i < 1_000; i++) table.heartbeat(`bot${i}`, {}, i)
    expect(table.list(1_000).map(({ id }) => id)).toEqual(['bot0', 'bot1', 'bot2'])
  })

  it('lets the bot that was silent for longest make room once it is stale', () => {
    const table = new PresenceTable(2)
    table.heartbeat('flood', {}, 0)
    table.heartbeat('real', {}, 0)
    table.heartbeat('real', {}, 31 * S)
    expect(table.heartbeat('new', {}, 31 * S)).toBe('flood')
    expect(table.heartbeat('another', {}, 31 * S)).toBeUndefined()
    expect(table.list(31 * S).map(({ id }) => id)).toEqual(['new', 'real'])
  })
})

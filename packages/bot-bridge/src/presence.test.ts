import { describe, expect, it } from 'vitest'
import { PresenceRecord } from './presence.ts'

const S = 1_000

function record(): PresenceRecord {
  return new PresenceRecord('a')
}

describe('PresenceRecord', () => {
  it.each([
    [0, 'online'],
    [20, 'online'],
    [20.1, 'late'],
    [30, 'late'],
    [30.1, 'stale'],
    [86_400, 'stale'],
  ])('%d s after a heartbeat a bot is %s', (seconds, health) => {
    const bot = record()
    bot.heartbeat({}, 0)
    expect(bot.health(seconds * S)).toBe(health)
  })

  it('is offline after a goodbye and online after the next heartbeat', () => {
    const bot = record()
    bot.heartbeat({ instance: 'run1' }, 0)
    bot.availability(false, 'run1', 1 * S)
    expect(bot.health(1 * S)).toBe('offline')
    bot.heartbeat({ instance: 'run1' }, 2 * S)
    expect(bot.snapshot(2 * S)).toEqual({ id: 'a', health: 'online', lastSeen: 2 * S, instance: 'run1' })
  })

  it('believes a last will, which names no run', () => {
    const bot = record()
    bot.heartbeat({ instance: 'run1' }, 0)
    bot.availability(false, undefined, 1 * S)
    expect(bot.health(1 * S)).toBe('offline')
  })

  it('ignores the goodbye of an earlier run, also before the first heartbeat of the new one', () => {
    const bot = record()
    bot.heartbeat({ instance: 'run1' }, 0)
    bot.availability(true, 'run2', 1 * S)
    bot.availability(false, 'run1', 2 * S)
    expect(bot.health(2 * S)).toBe('online')
  })

  it('sees no conflict in a restart', () => {
    const bot = record()
    for (const [instance, at] of [
      ['run1', 0],
      ['run2', 5],
      ['run2', 15],
      ['run3', 20],
    ] as const)
      bot.heartbeat({ instance }, at * S)
    expect(bot.health(20 * S)).toBe('online')
  })

  it('sees a conflict when an earlier run is heard again, until three periods without it', () => {
    const bot = record()
    for (const [instance, at] of [
      ['run1', 0],
      ['run2', 5],
      ['run1', 10],
    ] as const)
      bot.heartbeat({ instance }, at * S)
    expect(bot.health(10 * S)).toBe('conflict')
    for (const at of [20, 30, 40]) bot.heartbeat({ instance: 'run1' }, at * S)
    expect(bot.health(40 * S)).toBe('online')
  })

  it('sees a conflict when heartbeats that name no run come twice as often as one bot sends them', () => {
    const bot = record()
    for (const at of [0, 5, 10, 15, 20]) bot.heartbeat({}, at * S)
    expect(bot.health(20 * S)).toBe('online')
    bot.heartbeat({}, 25 * S)
    expect(bot.health(25 * S)).toBe('conflict')
  })

  it('sees no conflict in the heartbeats of one bot', () => {
    const bot = record()
    for (let at = 0; at < 600; at += 10) {
      bot.heartbeat({}, at * S)
      expect(bot.health(at * S)).toBe('online')
    }
  })

  it('sees a conflict between a bot that names its run and one that does not', () => {
    const bot = record()
    bot.heartbeat({ instance: 'run1' }, 0)
    bot.heartbeat({}, 3 * S)
    expect(bot.health(3 * S)).toBe('conflict')
  })

  it('believes a bot that says it has heard another one, until it says so no more', () => {
    const bot = record()
    bot.heartbeat({ instance: 'run1', conflict: true }, 0)
    bot.heartbeat({ instance: 'run1' }, 10 * S)
    expect(bot.health(19 * S)).toBe('conflict')
    expect(bot.health(20 * S)).toBe('online')
  })

  it('lets another kind of bot take over the id later', () => {
    const bot = record()
    bot.heartbeat({ instance: 'run1' }, 0)
    bot.heartbeat({}, 31 * S)
    expect(bot.health(31 * S)).toBe('online')
  })
})

import { expect, it } from 'vitest'
import { lastWill } from './availability.ts'

it('says offline on the bot’s status updates', () => {
  const will = lastWill({ id: 'alpha', namespace: 'firm/' })
  expect(will.topic).toBe('firm/alpha/status_updates')
  expect(JSON.parse(will.payload)).toEqual({ timestamp: expect.any(Number), type: 'availability', msg: 'offline' })
  expect(lastWill({ id: 'alpha' }).topic).toBe('hbot/alpha/status_updates')
})

it.each([[{ id: 'a/b' }], [{ id: 'a.b' }], [{ id: 'a', namespace: '#' }]])('refuses %j', (bot) => {
  expect(() => lastWill(bot)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
})

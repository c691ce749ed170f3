import { describe, expect, it } from 'vitest'
import { assertBotId, assertNewBotId } from './bot-id.ts'

describe('bot ids', () => {
  it.each([['testbot'], ['bot-1_A'], ['bot.1'], ['börse'], ['x'.repeat(128)], ['event']])(
    'takes %s, as a peer may have it',
    (id) => {
      expect(() => assertBotId(id)).not.toThrow()
    },
  )

  it.each([[''], ['a/b'], ['+'], ['#'], ['a b'], ['a\u0000'], ['a\u200b'], ['x'.repeat(129)]])('refuses %j', (id) => {
    expect(() => assertBotId(id)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })

  it('refuses what is no text, as programs without types may give it', () => {
    for (const id of [undefined, null, 7]) {
      expect(() => assertBotId(id as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
    }
  })

  it.each([['bot.1'], ['myevent'], ['a/b']])('refuses %s for a bot of our own, as peers misread it', (id) => {
    expect(() => assertNewBotId(id)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })

  it('takes an ordinary id for a bot of our own', () => {
    expect(() => assertNewBotId('events-1')).not.toThrow()
  })
})

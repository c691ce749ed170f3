import { Decimal } from 'decimal.js'
import { describe, expect, it } from 'vitest'
import type { Intent } from '../signal.ts'
import { actionWord } from './action-words.ts'
import { intentOf, joinActions } from './intents.ts'
import type { Position } from './positions.ts'

/** `buy 2: short 1 -> long 1`; what is not told is `?`. */
function intent(text: string): Intent | undefined | string {
  const [, word = '', contracts, from = '', to = ''] = /^(\S+)(?: ([\d.]+))?: (.+) -> (.+)$/.exec(text) ?? []
  try {
    return intentOf({
      action: word === '?' ? undefined : actionWord(word),
      before: position(from),
      after: position(to),
      contracts: contracts === undefined ? undefined : new Decimal(contracts),
    })
  } catch (error) {
    return (error as { code: string }).code
  }
}

function position(text: string): Position {
  const [side = '?', size] = text.split(' ')
  return {
    ...(side === '?' ? {} : { side: side as 'long' | 'short' | 'flat' }),
    ...(size === undefined ? {} : { size: new Decimal(size) }),
  }
}

const OPEN_LONG = { kind: 'open', order: 'buy', position: 'long' }
const OPEN_SHORT = { kind: 'open', order: 'sell', position: 'short' }
const CLOSE_LONG = { kind: 'close', order: 'sell', position: 'long' }
const CLOSE_SHORT = { kind: 'close', order: 'buy', position: 'short' }
const REDUCE_LONG = { kind: 'reduce', order: 'sell', position: 'long' }
const REDUCE_SHORT = { kind: 'reduce', order: 'buy', position: 'short' }
const TO_LONG = { kind: 'reverse', order: 'buy', position: 'long' }
const TO_SHORT = { kind: 'reverse', order: 'sell', position: 'short' }
const FLAT = { kind: 'flat' }

describe('intentOf', () => {
  it.each([
    // All positions told, with and without an order.
    ['buy: flat 0 -> long 1', OPEN_LONG],
    ['?: flat 0 -> long 1', OPEN_LONG],
    ['sell: flat -> short', OPEN_SHORT],
    ['?: flat -> short', OPEN_SHORT],
    ['sell: long 1 -> flat 0', CLOSE_LONG],
    ['?: long -> flat', CLOSE_LONG],
    ['buy: short 1 -> flat 0', CLOSE_SHORT],
    ['?: short -> flat', CLOSE_SHORT],
    ['sell: long 1 -> short 1', TO_SHORT],
    ['?: long -> short', TO_SHORT],
    ['buy: short 1 -> long 2', TO_LONG],
    ['?: short -> long', TO_LONG],
    ['buy: long 1 -> long 2', OPEN_LONG],
    ['sell: long 2 -> long 1', REDUCE_LONG],
    ['?: long 2 -> long 1', REDUCE_LONG],
    ['sell: short 1 -> short 2', OPEN_SHORT],
    ['buy: short 2 -> short 0.5', REDUCE_SHORT],
    ['?: flat -> flat', FLAT],
    // The sizes are missing: the order tells.
    ['buy: long -> long', OPEN_LONG],
    ['sell: long -> long', REDUCE_LONG],
    ['buy: short -> short', REDUCE_SHORT],
    ['sell: short -> short', OPEN_SHORT],
    // Nothing tells.
    ['?: long -> long', undefined],
    ['?: long 1 -> long 1', undefined],
    ['?: ? -> ?', undefined],
    // Only the position afterwards is told.
    ['buy: ? -> long', OPEN_LONG],
    ['sell: ? -> short', OPEN_SHORT],
    ['buy: ? -> flat', CLOSE_SHORT],
    ['sell: ? -> flat', CLOSE_LONG],
    ['sell: ? -> long', REDUCE_LONG],
    ['buy: ? -> short', REDUCE_SHORT],
    ['?: ? -> long', OPEN_LONG],
    ['?: ? -> short', OPEN_SHORT],
    ['?: ? -> flat', FLAT],
    // The size before has no side: contracts explain it, or are not believed.
    ['buy 2: ? 1 -> long 1', TO_LONG],
    ['buy 1: ? 1 -> long 2', OPEN_LONG],
    ['sell 3: ? 1 -> short 2', TO_SHORT],
    ['buy 100: ? 1 -> long 2', OPEN_LONG],
    ['buy 100: ? -> long 2', OPEN_LONG],
    // Only the position before is told: the words count alone.
    ['buy: flat -> ?', OPEN_LONG],
    ['sell: long -> ?', OPEN_SHORT],
    ['close: long -> ?', FLAT],
    // Words that say more agree.
    ['exit_long: long 1 -> flat 0', CLOSE_LONG],
    ['close: long 1 -> flat 0', CLOSE_LONG],
    ['flat: ? -> flat', FLAT],
    ['enter_long: short -> long', TO_LONG],
    ['reverse: long -> short', TO_SHORT],
    ['reduce: long 2 -> long 1', REDUCE_LONG],
    ['add: long 1 -> long 2', OPEN_LONG],
  ])('%s', (text, expected) => {
    expect(intent(text)).toEqual(expected)
  })

  it.each([
    'sell: flat -> long',
    'buy: flat -> short',
    'buy: long -> flat',
    'sell: short -> flat',
    'sell: short -> long',
    'buy: long -> short',
    'sell: long 1 -> long 2',
    'buy: long 2 -> long 1',
    'buy: long 1 -> long 1',
    'buy: flat -> flat',
    'enter_long: long -> flat',
    'enter_long: long 2 -> long 1',
    'exit_long: flat -> long',
    'exit_short: long -> flat',
    'close: flat -> long',
    'close: ? -> short',
    'reverse: flat -> long',
    'reduce: long 1 -> long 2',
    'add: long 2 -> long 1',
  ])('refuses the contradiction %s', (text) => {
    expect(intent(text)).toBe('INVALID_FIELD')
  })
})

describe('joinActions', () => {
  const join = (first: string, second: string): Intent | undefined => {
    const [one, two] = [actionWord(first), actionWord(second)]
    return one === undefined || two === undefined ? undefined : joinActions(one, two).intent
  }

  it.each([
    ['buy', 'long', OPEN_LONG],
    ['long', 'buy', OPEN_LONG],
    ['sell', 'short', OPEN_SHORT],
    ['open', 'short', OPEN_SHORT],
    ['close', 'long', CLOSE_LONG],
    ['short', 'close', CLOSE_SHORT],
    ['closelong', 'long', CLOSE_LONG],
    ['reduce', 'short', REDUCE_SHORT],
    ['reverse', 'long', TO_LONG],
    ['exit', 'flat', FLAT],
  ])('joins %s and %s', (first, second, expected) => {
    expect(join(first, second)).toEqual(expected)
  })

  it.each([
    ['buy', 'sell'],
    ['buy', 'short'],
    ['closelong', 'short'],
    ['closelong', 'closeshort'],
    ['close', 'sell'],
    ['close', 'reverse'],
    ['close', 'open'],
  ])('refuses %s and %s', (first, second) => {
    expect(() => join(first, second)).toThrow(expect.objectContaining({ code: 'INVALID_FIELD' }))
  })

  it('keeps what one of them says of the bot', () => {
    const [start, buy] = [actionWord('start_bot'), actionWord('buy')]
    expect(start && buy && joinActions(start, buy)).toEqual({ intent: OPEN_LONG, isOrder: true, botAction: 'start' })
  })
})

describe('actionWord', () => {
  it.each([
    ['BUY', OPEN_LONG],
    ['Long', OPEN_LONG],
    ['enter-long', OPEN_LONG],
    ['ENTER_LONG', OPEN_LONG],
    ['entryLong', OPEN_LONG],
    ['Enter Long', OPEN_LONG],
    ['sell', OPEN_SHORT],
    ['short', OPEN_SHORT],
    ['closelong', CLOSE_LONG],
    ['exit_long', CLOSE_LONG],
    ['EXIT-LONG', CLOSE_LONG],
    ['close_long_position', CLOSE_LONG],
    ['exit_short', CLOSE_SHORT],
    ['buy_to_cover', CLOSE_SHORT],
    ['close', FLAT],
    ['exit', FLAT],
    ['flat', FLAT],
    ['EXIT-ALL', FLAT],
    ['reverse', { kind: 'reverse' }],
    ['closeLongSell', TO_SHORT],
  ])('reads %s', (text, expected) => {
    expect(actionWord(text)?.intent).toEqual(expected)
  })

  it('reads words for the bot itself', () => {
    expect(actionWord('eaon')).toEqual({ botAction: 'start' })
    expect(actionWord('EAOFF')).toEqual({ botAction: 'stop' })
    expect(actionWord('stop_and_close')).toEqual({ botAction: 'stop', intent: FLAT })
  })

  it.each(['', 'rebalance', 'buylimit', 'sell_stop', 'limit', 'toString', '__proto__', 'x'.repeat(60_000)])(
    'knows nothing of %.20s',
    (text) => {
      expect(actionWord(text)).toBeUndefined()
    },
  )
})

import type { JsonObject } from '@botbus/plugin'
import { describe, expect, it } from 'vitest'
import { inContext, routeOf } from '../../test/planning.ts'
import type { Signal } from '../signal.ts'
import { planAlert } from './plan-alert.ts'

const SIGNAL: Signal = {
  format: 'generic',
  fields: {},
  market: { connector: 'binance', pair: 'BTC-USDT' },
  intent: { kind: 'open', order: 'buy', position: 'long' },
  amount: { value: '0.1', unit: 'base' },
}

/** The first delivery of a route that does nothing but `action`. */
function deliveryOf(action: JsonObject, signal: Signal, allow: JsonObject = {}) {
  const plan = planAlert(signal, routeOf({ bot: 'alpha', allow, rules: [{ do: [action] }] }), inContext())
  return plan.kind === 'deliver' ? plan.deliveries[0] : undefined
}

const refused = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('the preset order.market', () => {
  const orderOf = (signal: Partial<Signal>, data: JsonObject = {}) => {
    const delivery = deliveryOf({ preset: 'order.market', data }, { ...SIGNAL, ...signal })
    return delivery?.kind === 'event' ? delivery.data : undefined
  }

  it('sends side and amount as text', () => {
    expect(orderOf({})).toEqual({ type: 'buy', amount: '0.1' })
    expect(orderOf({ intent: { kind: 'close', order: 'sell' }, amount: { value: '3', unit: 'contracts' } })).toEqual({
      type: 'sell',
      amount: '3',
    })
    expect(orderOf({ amount: { value: '1e-8', unit: 'base' } })).toEqual({ type: 'buy', amount: '0.00000001' })
  })

  it('adds what the rule adds; its amount replaces that of the alert', () => {
    const { amount: _, ...without } = SIGNAL
    expect(orderOf({}, { trading_pair: '{{market.pair}}' })).toEqual({
      type: 'buy',
      amount: '0.1',
      trading_pair: 'BTC-USDT',
    })
    const fixed = deliveryOf({ preset: 'order.market', data: { amount: '0.50', type: 'sell' } }, without)
    expect(fixed).toMatchObject({ name: 'order.market', data: { type: 'buy', amount: '0.5' } })
  })

  it('takes an alert that names the market as the type of its order', () => {
    expect(orderOf({ fields: { orderType: 'Market' } })).toEqual({ type: 'buy', amount: '0.1' })
  })

  it.each<[string, Partial<Signal>, string]>([
    ['without an amount', { amount: undefined as never }, 'the alert has no amount'],
    ['in the quote currency', { amount: { value: '5', unit: 'quote' } }, 'the amount is in quote'],
    ['in percent', { amount: { value: '5', unit: 'percent' } }, 'the amount is in percent'],
    ['of nothing', { amount: { value: '0', unit: 'base' } }, 'must be greater than 0, found "0"'],
    ['of less', { amount: { value: '-1', unit: 'base' } }, 'must be greater than 0'],
    ['of no number', { amount: { value: 'NaN', unit: 'base' } }, 'must be greater than 0, found "NaN"'],
    ['without a side', { intent: { kind: 'flat' } }, 'asks for flat, but does not say whether that is a buy or a sell'],
    ['without an intent', { intent: undefined as never }, 'does not say what to buy or sell'],
    [
      'with a limit',
      { fields: { ORDER_TYPE: 'LIMIT' } },
      'ORDER_TYPE is "LIMIT", and order.market places market orders only',
    ],
    ['with a limit inside of an object', { fields: { order: { orderType: 'limit' } } }, 'order.orderType is "limit"'],
    ['with a stop', { fields: { type: 'STOP_MARKET' } }, 'type is "STOP_MARKET"'],
    ['that starts a bot', { intent: undefined as never, botAction: 'start' }, 'a rule with the preset bot.action does'],
  ])('refuses an order %s', (_, signal, message) => {
    expect(() => orderOf(signal)).toThrow(refused('INVALID_FIELD', message))
  })
})

describe('the preset ml_signals', () => {
  const messageOf = (signal: Partial<Signal>, action: JsonObject = { targetPct: 0.01 }) => {
    const delivery = deliveryOf({ preset: 'ml_signals', ...action }, { ...SIGNAL, ...signal })
    return delivery?.kind === 'publish' ? [delivery.topic, delivery.message] : undefined
  }
  const topic = 'hbot/predictions/btc_usdt/ML_SIGNALS'

  it.each<[Signal['intent'], readonly number[]]>([
    [{ kind: 'open', order: 'buy', position: 'long' }, [0, 0, 1]],
    [{ kind: 'open', order: 'sell' }, [1, 0, 0]],
    [{ kind: 'reverse', order: 'sell', position: 'short' }, [1, 0, 0]],
    [{ kind: 'close', order: 'sell', position: 'long' }, [0, 1, 0]],
    [{ kind: 'flat' }, [0, 1, 0]],
  ])('takes the probabilities of short, neutral and long from the intent %j', (intent, probabilities) => {
    expect(messageOf({ intent: intent as NonNullable<typeof intent> })).toEqual([
      topic,
      { probabilities, target_pct: 0.01 },
    ])
  })

  it('takes them from the fields, and from the rule before that', () => {
    const fields = { probabilities: ['0.1', '0.2', '0.7'], target_pct: '0.03' }
    expect(messageOf({ fields }, {})).toEqual([topic, { probabilities: [0.1, 0.2, 0.7], target_pct: 0.03 }])
    expect(messageOf({ fields: { short: '0.5', neutral: '0.5', long: '0' } })?.[1]).toMatchObject({
      probabilities: [0.5, 0.5, 0],
    })
    expect(messageOf({ fields: { probabilities: '[0.1, 0.2, 0.7]' } })?.[1]).toMatchObject({
      probabilities: [0.1, 0.2, 0.7],
    })
    const action = {
      probabilities: ['{{fields.s}}', 0, '{{fields.l:number}}'],
      targetPct: '{{fields.t}}',
      topic: 'desk/{{market.pair}}',
    }
    expect(messageOf({ fields: { ...fields, s: '0.9', l: '0.1', t: '2' } }, action)).toEqual([
      'desk/BTC-USDT',
      { probabilities: [0.9, 0, 0.1], target_pct: 2 },
    ])
  })

  it('takes the target from price and take profit where nothing else names it', () => {
    expect(messageOf({ price: '100', takeProfit: '103' }, {})?.[1]).toMatchObject({ target_pct: 0.03 })
  })

  it.each<[string, Partial<Signal>, JsonObject, string, string]>([
    [
      'two probabilities',
      { fields: { probabilities: ['0.5', '0.5'] } },
      {},
      'INVALID_FIELD',
      'three numbers from 0 to 1',
    ],
    ['one above 1', { fields: { probabilities: '0 0 2' } }, {}, 'INVALID_FIELD', 'three numbers from 0 to 1'],
    ['no target', {}, {}, 'INVALID_FIELD', 'the rule may set targetPct'],
    [
      'a target of 0',
      { fields: { target_pct: '0' } },
      {},
      'INVALID_FIELD',
      'target_pct must be a number greater than 0',
    ],
    ['no intent', { intent: undefined as never }, {}, 'INVALID_FIELD', 'neither probabilities nor an action'],
    ['no market', { market: undefined as never }, { targetPct: 1 }, 'INVALID_FIELD', 'which market'],
    [
      'an unknown symbol',
      { market: undefined as never, ticker: 'XY' },
      { targetPct: 1 },
      'UNKNOWN_SYMBOL',
      'no exchange for "XY"',
    ],
  ])('refuses %s', (_, signal, action, code, message) => {
    expect(() => messageOf(signal, action)).toThrow(refused(code, message))
  })
})

describe('the preset bot.action', () => {
  const asking = (botAction: Signal['botAction']): Signal => ({
    format: 'pineconnector',
    fields: {},
    ...(botAction ? { botAction } : {}),
  })

  it('makes the command that the alert asks for, if the route allows it', () => {
    expect(deliveryOf({ preset: 'bot.action' }, asking('stop'), { commands: ['stop'] })).toEqual({
      kind: 'command',
      bot: 'alpha',
      command: 'stop',
      arguments: {},
    })
    expect(() => deliveryOf({ preset: 'bot.action' }, asking('start'), { commands: ['stop'] })).toThrow(
      refused('NOT_ALLOWED', 'the command start'),
    )
    expect(() => deliveryOf({ preset: 'bot.action' }, asking(undefined), { commands: ['stop'] })).toThrow(
      refused('INVALID_FIELD', 'does not ask to start or stop'),
    )
  })
})

describe('a command', () => {
  const action = {
    command: 'balanceLimit',
    arguments: { exchange: '{{fields.exchange | binance}}', asset: 'BTC', amount: '{{amount}}' },
  }

  it('is refused when what the alert gives is no argument of it', () => {
    const allow = { commands: ['balanceLimit'] }
    expect(deliveryOf(action, SIGNAL, allow)).toMatchObject({
      arguments: { exchange: 'binance', asset: 'BTC', amount: '0.1' },
    })
    const wrong: Signal = { ...SIGNAL, amount: { value: 'much', unit: 'base' } }
    expect(() => deliveryOf(action, wrong, allow)).toThrow(
      refused('INVALID_FIELD', 'arguments of balanceLimit: amount: expected a number'),
    )
  })
})

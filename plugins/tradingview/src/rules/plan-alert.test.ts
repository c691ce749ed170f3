import { describe, expect, it } from 'vitest'
import { inContext, routeOf } from '../../test/planning.ts'
import type { Signal } from '../signal.ts'
import { planAlert } from './plan-alert.ts'

const SIGNAL: Signal = {
  format: 'generic',
  fields: { action: 'buy', amount: '0.01' },
  intent: { kind: 'open', order: 'buy', position: 'long' },
  amount: { value: '0.01', unit: 'base' },
}

describe('planAlert', () => {
  it('makes the event order.market of an alert that buys, for the bot of the route', () => {
    const route = routeOf({ bot: 'alpha', rules: [{ do: [{ preset: 'order.market' }] }] })
    expect(planAlert(SIGNAL, route, inContext())).toEqual({
      kind: 'deliver',
      rule: 'rule 1',
      deliveries: [{ kind: 'event', bot: 'alpha', name: 'order.market', data: { type: 'buy', amount: '0.01' } }],
    })
  })

  it('counts the first rule that matches, and no other', () => {
    const route = routeOf({
      bot: 'alpha',
      rules: [
        { name: 'sells', when: { 'intent.order': 'sell' }, do: [{ ignore: 'never sell' }] },
        {
          name: 'buys',
          when: { action: 'BUY' },
          do: [{ event: 'my.signal', type: 'mine', data: { a: '{{action}}' } }],
        },
        { do: [{ preset: 'order.market' }] },
      ],
    })
    expect(planAlert(SIGNAL, route, inContext())).toEqual({
      kind: 'deliver',
      rule: 'buys',
      deliveries: [{ kind: 'event', bot: 'alpha', name: 'my.signal', data: { a: 'buy' }, type: 'mine' }],
    })
    const sell: Signal = { ...SIGNAL, intent: { kind: 'close', order: 'sell' } }
    expect(planAlert(sell, route, inContext())).toEqual({ kind: 'ignore', rule: 'sells', reason: 'never sell' })
  })

  it('ignores an alert that no rule matches, and says so', () => {
    const route = routeOf({ bot: 'alpha', rules: [{ when: { ticker: 'X' }, do: [{ preset: 'order.market' }] }] })
    expect(planAlert(SIGNAL, route, inContext())).toEqual({ kind: 'ignore', reason: 'no rule matches' })
  })

  it('plans all actions of the rule in their order', () => {
    const groups = { makers: ['gamma', 'beta'] }
    const stop = {
      command: 'stop',
      to: ['beta', '@makers'],
      arguments: { skip_order_cancellation: '{{fields.keep:boolean}}' },
    }
    const publish = { publish: 'desk/{{action}}', message: { fields: '{{fields.amount:number}}' } }
    const allow = { commands: ['stop'], topics: ['desk/*'] }
    const route = routeOf({ allow, rules: [{ do: [publish, stop] }] }, groups)
    const signal = { ...SIGNAL, fields: { ...SIGNAL.fields, keep: 'TRUE' } }
    expect(planAlert(signal, route, inContext({ groups }))).toEqual({
      kind: 'deliver',
      rule: 'rule 1',
      deliveries: [
        { kind: 'publish', topic: 'desk/buy', message: { fields: 0.01 } },
        { kind: 'command', bot: 'beta', command: 'stop', arguments: { skip_order_cancellation: true } },
        { kind: 'command', bot: 'gamma', command: 'stop', arguments: { skip_order_cancellation: true } },
      ],
    })
  })
})

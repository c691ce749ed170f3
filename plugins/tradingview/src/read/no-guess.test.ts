import { describe, expect, it } from 'vitest'
import { readBody } from './read-body.ts'
import { toSignal } from './to-signal.ts'

function signalOf(alert: unknown) {
  const [fields] = readBody(Buffer.from(JSON.stringify(alert)), { dialect: 'auto' })
  if (fields === undefined) throw new Error('no alert was read')
  return toSignal(fields, { format: 'auto' })
}

describe('an alert that says something else than an order', () => {
  it.each([
    { action: 'cancel', side: 'buy', qty: '1' },
    { action: 'modify', side: 'buy', qty: '1' },
    { action: 'TP1 hit', side: 'long', qty: '1' },
    { action: 'stop_loss', side: 'short', qty: '1' },
    { action: 'cancel_all', market_position: 'long', prev_market_position: 'flat', qty: '1' },
    { ticker: 'AMD', action: 'cancel', sentiment: 'long', quantity: '1' },
  ])('has no intent: %j', (alert) => {
    expect(signalOf(alert).intent).toBeUndefined()
  })

  it('has that of its positions, where both are told', () => {
    const positions = { market_position: 'long', prev_market_position: 'flat' }
    expect(signalOf({ action: 'my entry', ...positions }).intent).toMatchObject({ kind: 'open', order: 'buy' })
  })
})

describe('an amount with its unit beside it', () => {
  it.each([
    [{ amount: '100', currency: 'USDT' }, 'quote'],
    [{ amount: '100', amount_type: 'usd' }, 'quote'],
    [{ amount: '100', unit: 'quote' }, 'quote'],
    [{ qty: '5', qty_type: 'percent' }, 'percent'],
    [{ qty: '5', qty_type: 'contracts' }, 'contracts'],
    [{ amount: '100', unit: 'coins' }, 'base'],
    [{ amount: '100' }, 'base'],
  ])('is read in that unit: %j', (fields, unit) => {
    expect(signalOf({ action: 'buy', ...fields }).amount?.unit).toBe(unit)
  })

  it('is left out where the unit is not known', () => {
    expect(signalOf({ action: 'buy', amount: '5', amount_type: 'risk' }).amount).toBeUndefined()
  })
})

it('takes no id out of an order: it is the same at each trade', () => {
  expect(signalOf({ action: 'buy', order: { id: 'Long', amount: '1' } }).id).toBeUndefined()
  expect(signalOf({ action: 'buy', data: { id: '42', amount: '1' } }).id).toBe('42')
})

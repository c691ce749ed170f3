import { describe, expect, it } from 'vitest'
import { botContract } from './contract.ts'
import * as requests from './requests.ts'

const { commands } = botContract()

describe('requests', () => {
  it('take the defaults of Hummingbot for what is left out, and for null', () => {
    const start = {
      log_level: null,
      restore: false,
      script: null,
      conf: null,
      is_quickstart: false,
      async_backend: true,
    }
    expect(requests.start.parse({})).toEqual(start)
    expect(requests.start.parse(Object.fromEntries(Object.keys(start).map((name) => [name, null])))).toEqual(start)
    expect(requests.stop.parse({ skip_order_cancellation: null })).toEqual({
      skip_order_cancellation: false,
      async_backend: true,
    })
    expect(requests.config.parse({ params: null })).toEqual({ params: [] })
    const history = { days: 0, verbose: false, precision: null, async_backend: true }
    expect(requests.history.parse({})).toEqual(history)
    expect(requests.history.parse({ days: null, verbose: null, precision: null, async_backend: null })).toEqual(history)
    expect(requests.status.parse({})).toEqual({ async_backend: true })
  })

  it('read what Python writes: numbers as text, 0 and 1 for booleans', () => {
    expect(requests.balanceLimit.parse({ exchange: 'kucoin', asset: 'USDT', amount: '1.0' })).toMatchObject({
      amount: 1,
    })
    expect(requests.balancePaper.parse({ asset: 'USDT', amount: '-1' })).toMatchObject({ amount: -1 })
    expect(requests.history.parse({ days: '1.5', precision: '4', verbose: 1 })).toMatchObject({
      days: 1.5,
      precision: 4,
      verbose: true,
    })
    expect(requests.commandShortcuts.parse({ params: [['spreads', 1, '1']] })).toEqual({
      params: [['spreads', '1', '1']],
    })
  })

  it('ignore unknown fields, as every peer does', () => {
    expect(requests.stop.parse({ nope: 1 })).toEqual({ skip_order_cancellation: false, async_backend: true })
  })

  it.each([
    ['start', { script: 1 }, 'script'],
    ['stop', { skip_order_cancellation: 'perhaps' }, 'skip_order_cancellation'],
    ['import', {}, 'strategy'],
    ['config', { params: [['nope']] }, 'params.0'],
    ['config', { params: [['', 1]] }, 'params.0.0'],
    ['config', { params: [['a', 1, 2]] }, 'params.0'],
    ['config', { params: { a: 1 } }, 'params'],
    ['balanceLimit', { asset: 'USDT', amount: 1 }, 'exchange'],
    ['balanceLimit', { exchange: 'x', asset: '', amount: 1 }, 'asset'],
    ['balancePaper', { asset: 'USDT', amount: 'much' }, 'amount'],
    ['history', { days: -1 }, 'days'],
    ['history', { days: 'x' }, 'days'],
    ['history', { precision: 1.5 }, 'precision'],
    ['commandShortcuts', {}, 'params'],
    ['commandShortcuts', { params: [[]] }, 'params.0'],
  ] as const)('%s refuses %j and names the path', (name, given, path) => {
    const result = commands[name].request.safeParse(given)
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toContain(path)
  })

  it.each([
    ['history', { days: 'x' }, 'expected a number'],
    ['balancePaper', { asset: 'USDT', amount: null }, 'expected a number'],
    ['stop', { skip_order_cancellation: 'perhaps' }, 'expected true or false'],
  ] as const)('%s says what it expects in the place of %j', (name, given, reason) => {
    const result = commands[name].request.safeParse(given)
    expect(result.error?.issues.map((issue) => issue.message)).toEqual([reason])
  })

  it('does not share the default list of parameters between requests', () => {
    requests.config.parse({}).params.push(['a', 1])
    expect(requests.config.parse({}).params).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { simulatedMoment, valuesOf } from './moment.ts'
import { withNaN } from './nan.ts'
import { placeholdersIn, resolve } from './placeholders.ts'

const NOW = Date.UTC(2026, 1, 18, 14, 32, 1, 250)

describe('resolve', () => {
  const values = valuesOf(simulatedMoment(NOW), ['Fast EMA'])

  it.each([
    [
      '{{exchange}}:{{ticker}}, price = {{close}}, volume = {{volume}}',
      'BINANCE:BTCUSDT, price = 64123.45, volume = 18.40221',
    ],
    ['{{open}} {{high}} {{low}} {{interval}}', '64010.5 64180 63955.01 5'],
    ['{{time}} {{timenow}}', '2026-02-18T14:30:00Z 2026-02-18T14:32:01Z'],
    ['{{syminfo.basecurrency}}-{{syminfo.currency}}', 'BTC-USDT'],
    ['{{plot_0}} {{plot_1}} {{plot_19}} {{plot("Fast EMA")}}', '64001.2 63870.9 NaN 64001.2'],
    ['{{strategy.order.action}} {{strategy.order.contracts}} at {{strategy.order.price}}', 'buy 0.01 at 64123.45'],
    ['{{strategy.order.id}} "{{strategy.order.alert_message}}" {{strategy.order.comment}}', 'Long "" Long'],
    ['{{strategy.position_size}} {{strategy.market_position}} {{strategy.market_position_size}}', '0.01 long 0.01'],
    ['{{strategy.prev_market_position}} {{strategy.prev_market_position_size}}', 'flat 0'],
    ['{{ ticker }}', 'BTCUSDT'],
  ])('%s becomes %s', (template, text) => {
    expect(resolve(template, values)).toBe(text)
  })

  it('leaves what TradingView does not know, and the names of what every object has', () => {
    expect(resolve('{{SEC_KEY}} {{constructor}} {{plot_20}} {}', values)).toBe(
      '{{SEC_KEY}} {{constructor}} {{plot_20}} {}',
    )
  })

  it('does not look into what it has filled in', () => {
    expect(resolve('{{a}}', { a: '{{b}}', b: 'no' })).toBe('{{b}}')
  })

  it('knows every placeholder that TradingView documents', () => {
    const documented =
      'ticker exchange open high low close volume time timenow interval syminfo.currency syminfo.basecurrency ' +
      'strategy.position_size strategy.order.action strategy.order.contracts strategy.order.price strategy.order.id ' +
      'strategy.order.comment strategy.order.alert_message strategy.market_position strategy.market_position_size ' +
      `strategy.prev_market_position strategy.prev_market_position_size ${Array.from({ length: 20 }, (_, n) => `plot_${n}`).join(' ')}`
    expect(Object.keys(values)).toEqual(expect.arrayContaining(documented.split(' ')))
  })

  it('has nothing for the order of an indicator, and a size without sign for a short position', () => {
    const indicator = valuesOf(simulatedMoment(NOW, { order: false }))
    expect(resolve('{"quantity":{{strategy.order.contracts}},"close":{{close}}}', indicator)).toBe(
      '{"quantity":,"close":64123.45}',
    )
    const short = valuesOf(simulatedMoment(NOW, { order: { position: 'short', positionSize: '-2' } }))
    expect(resolve('{{strategy.position_size}} {{strategy.market_position_size}}', short)).toBe('-2 2')
  })
})

describe('placeholdersIn', () => {
  it('names each once', () => {
    expect(placeholdersIn('{{close}} {{ close }} {{plot("A")}} { {x} }')).toEqual(['close', 'plot("A")'])
  })
})

describe('withNaN', () => {
  it.each([
    ['{"price": {{close}}, "ticker": "{{ticker}}"}', '{"price": NaN, "ticker": "{{ticker}}"}'],
    ['{"price": -1.5e-3, "amount": "0.1", "list": [1,2]}', '{"price": NaN, "amount": "0.1", "list": [NaN,NaN]}'],
    ['{"plot": {{plot("Fast 1")}}, "say \\"1\\"": 2}', '{"plot": NaN, "say \\"1\\"": NaN}'],
  ])('%s becomes %s', (template, text) => {
    expect(withNaN(template)).toBe(text)
  })

  it('leaves a message whose numbers all have quotes', () => {
    expect(withNaN('{"price": "{{close}}"}')).toBe('{"price": "{{close}}"}')
  })
})

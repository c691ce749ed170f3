import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { inContext, routeOf } from '../../test/planning.ts'
import type { RouteConfig } from '../config/config.ts'
import { explain } from '../explain/explain.ts'
import { readBody } from '../read/read-body.ts'
import { secretsIn } from '../read/secret-of.ts'
import { toSignal } from '../read/to-signal.ts'
import { resolve } from '../simulate/placeholders.ts'
import { type GenerateOptions, generate, stylesOf } from './generate.ts'
import { messageExpression } from './pine.ts'
import { LAYOUTS, STYLES, type Style } from './styles.ts'

const SECRET = '0f8c1d2e3b4a59687786'
const BASE = 'https://bots.example.org'
const ORDER = [{ do: [{ preset: 'order.market' }] }]
const STYLES_OF_ANY: readonly Style[] = STYLES

const route = (given: object = {}): RouteConfig => routeOf({ bot: 'alpha', rules: ORDER, ...given })

/** What TradingView fills in when a long position is opened. */
const VALUES = {
  ticker: 'BTCUSDT',
  exchange: 'BINANCE',
  interval: '60',
  close: '64000.5',
  time: '2026-11-24T01:00:00Z',
  timenow: '2026-11-24T02:00:00Z',
  'syminfo.basecurrency': 'BTC',
  'syminfo.currency': 'USDT',
  'strategy.order.id': 'Long',
  'strategy.order.action': 'buy',
  'strategy.order.contracts': '0.25',
  'strategy.order.price': '64001',
  'strategy.position_size': '0.25',
  'strategy.market_position': 'long',
  'strategy.market_position_size': '0.25',
  'strategy.prev_market_position': 'flat',
  'strategy.prev_market_position_size': '0',
}
const CLOSED = {
  ...VALUES,
  'strategy.order.action': 'sell',
  'strategy.position_size': '0',
  'strategy.market_position': 'flat',
  'strategy.market_position_size': '0',
  'strategy.prev_market_position': 'long',
  'strategy.prev_market_position_size': '0.25',
}

function read(message: string, { dialect, format, secretField }: RouteConfig) {
  const [fields, ...others] = readBody(Buffer.from(message), { dialect })
  if (!fields || others.length > 0) throw new TypeError('expected one alert')
  return { signal: toSignal(fields, { format }), secrets: secretsIn(fields, format, secretField) }
}

/** Routes that read a style: one that takes anything, and one that takes nothing else. */
function routesFor(style: Style): RouteConfig[] {
  const { format, writing } = LAYOUTS[style]
  return [route(), route({ format }), route({ format, dialect: writing })]
}

const message = (config: RouteConfig, options: Partial<GenerateOptions>) =>
  generate('demo', config, { base: BASE, secret: SECRET, ...options }).message

describe.each(STYLES_OF_ANY)('a message in the style %s', (style) => {
  it.each(routesFor(style))('is read as the strategy meant it', (config) => {
    const { signal, secrets } = read(resolve(message(config, { style }), VALUES), config)
    expect(secrets).toContain(SECRET)
    expect(signal).toMatchObject({
      format: LAYOUTS[style].format,
      intent: { kind: 'open', order: 'buy', position: 'long' },
      amount: { value: '0.25' },
      market: { connector: 'binance', pair: 'BTC-USDT' },
      time: Date.parse(VALUES.timenow),
      id: `Long-${VALUES.timenow}-0.25`,
    })
    expect(['base', 'contracts']).toContain(signal.amount?.unit)
    expect(JSON.stringify(signal)).not.toContain(SECRET)
    const closed = read(resolve(message(config, { style }), CLOSED), config).signal
    expect(closed).toMatchObject({
      intent: { kind: 'close', order: 'sell', position: 'long' },
      id: `Long-${VALUES.timenow}-0`,
    })
  })

  it.each([
    ['buy', { kind: 'open', order: 'buy', position: 'long' }],
    ['closelong', { kind: 'close', order: 'sell', position: 'long' }],
  ])('says %s for an indicator', (action, intent) => {
    const text = message(route(), { style, kind: 'indicator', action, amount: '0.5' })
    expect(text).not.toContain('strategy.')
    const { signal, secrets } = read(resolve(text, VALUES), route())
    expect(secrets).toContain(SECRET)
    expect(signal).toMatchObject({
      intent,
      amount: { value: '0.5' },
      market: { pair: 'BTC-USDT' },
      id: `${action}-BTCUSDT-60-${VALUES.timenow}`,
    })
  })

  it('leaves no placeholder that TradingView does not fill in', () => {
    for (const kind of ['strategy', 'indicator'] as const)
      expect(resolve(message(route(), { style, kind }), VALUES)).not.toContain('{{')
  })

  it('is what the script of Pine makes by itself', () => {
    const text = pineMessage(style, { action: 'buy', size: 0.5 })
    const { signal, secrets } = read(text, route())
    expect(secrets).toContain(SECRET)
    expect(signal).toMatchObject({
      intent: { kind: 'open', order: 'buy', position: 'long' },
      amount: { value: '0.5' },
      market: { connector: 'binance', pair: 'BTC-USDT' },
      time: Date.parse(VALUES.timenow),
      id: `buy-BTCUSDT-60-${Date.parse(VALUES.timenow)}`,
    })
    expect(read(pineMessage(style, { action: 'closelong', size: 1 }), route()).signal.intent?.kind).toBe('close')
  })

  it('puts the secret where the route looks for it', () => {
    const config = route({ secretField: 'pass_phrase' })
    const { secrets } = read(resolve(message(config, { style }), VALUES), config)
    expect(secrets).toEqual([SECRET])
  })
})

/** The expressions of Pine that are used here mean the same in JavaScript. */
function pineMessage(style: Style, parameters: { action: string; size: number }): string {
  const str = { tostring: (value: number) => String(value) }
  const syminfo = { prefix: 'BINANCE', ticker: 'BTCUSDT', basecurrency: 'BTC', currency: 'USDT' }
  const timeframe = { period: '60' }
  const na = (value: unknown) => value === undefined
  const context = {
    ...parameters,
    str,
    syminfo,
    timeframe,
    na,
    secret: SECRET,
    timenow: Date.parse(VALUES.timenow),
    close: 64_000.5,
  }
  return runInNewContext(messageExpression(LAYOUTS[style]), context) as string
}

describe('generate', () => {
  it('makes what the demo route sends to its bot', () => {
    const { url, message, pine, notes } = generate('demo', route(), { base: `${BASE}/` })
    expect(url).toBe('https://bots.example.org/webhooks/tradingview/demo')
    expect(JSON.parse(message)).toMatchObject({
      secret: '<your secret>',
      pair: '{{syminfo.basecurrency}}-{{syminfo.currency}}',
    })
    expect(pine).toMatch(
      /^\/\/@version=6\n\/\/@strategy_alert_message \{\{strategy\.order\.alert_message\}\}\nstrategy\("Botbus demo"/,
    )
    expect(notes.join('\n')).toMatch(
      /ports 80 and 443 only, by IPv4 only, and gives up after 3 s[\s\S]*15 times in 3 minutes/,
    )
    const resolved = resolve(message.replace('<your secret>', SECRET), VALUES)
    const { outcome, alerts } = explain(Buffer.from(resolved), route(), inContext(), {
      now: Date.parse(VALUES.timenow),
    })
    expect(outcome).toBe('sends 1 message')
    expect(alerts[0]?.plan).toMatchObject({ deliveries: [{ data: { type: 'buy', amount: '0.25' } }] })
  })

  it('stays JSON when TradingView has nothing to fill in, or NaN', () => {
    for (const nothing of ['', 'NaN']) {
      const values = Object.fromEntries(Object.keys(VALUES).map((name) => [name, nothing]))
      expect(() => JSON.parse(resolve(message(route(), { style: 'json' }), values))).not.toThrow()
    }
  })

  it('never shows a secret that was not given', () => {
    expect(JSON.stringify(generate('demo', route(), { base: BASE }))).not.toContain(SECRET)
  })

  it('writes alert() for indicators, and fills in no placeholder there', () => {
    const { pine } = generate('demo', route(), { base: BASE, kind: 'indicator', secret: 'a"b\\c-0123456789' })
    expect(pine).toContain('indicator("Botbus demo"')
    expect(pine).toContain('alert(message("buy", amount), alert.freq_once_per_bar_close)')
    expect(pine).toContain('input.string("a\\"b\\\\c-0123456789"')
    const code = pine.split('\n').filter((line) => !line.startsWith('//'))
    expect(code.join('\n')).not.toContain('{{')
  })

  it.each<[string, object, readonly Style[]]>([
    ['anything', {}, STYLES],
    ['OKX', { format: 'okx' }, ['okx']],
    ['key=value', { dialect: 'key-value' }, ['key-value', 'octobot']],
    ['WunderTrading', { format: 'wundertrading' }, []],
    ['a drop-in', { dropIn: 'rogerthat', rules: [] }, []],
    ['a regular expression', { dialect: { regex: '(?P<action>.*)' } }, []],
  ])('knows the styles of a route that takes %s', (_, given, styles) => {
    expect(stylesOf(route(given))).toEqual(styles)
  })

  it.each<[string, object, Partial<GenerateOptions>, string]>([
    [
      'a style that the route does not read',
      { format: 'okx' },
      { style: 'json' },
      'the route does not read json; accepted: okx',
    ],
    ['a route that nobody can write for', { format: 'wundertrading' }, {}, 'cannot be made up'],
    ['no amount', {}, { amount: '0' }, 'amount must be a decimal greater than 0'],
    ['an action of several words', {}, { action: 'buy now' }, 'action must be a word'],
    ['no URL', {}, { base: 'bots.example.org' }, 'base must be a URL'],
    ['a URL with a password', {}, { base: 'https://u:p@bots.example.org' }, 'base must be a URL'],
    [
      'a secret that breaks lines',
      {},
      { style: 'key-value', secret: 'a=b;c' },
      'secret has a character that key-value gives a meaning',
    ],
  ])('refuses %s', (_, given, options, message) => {
    const make = () => generate('demo', route(given), { base: BASE, ...options })
    expect(make).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    )
  })

  it.each([
    ['http://bots.example.org', {}, 'unencrypted'],
    ['https://bots.example.org:8443', {}, 'does not send to port 8443'],
    ['https://[2001:db8::1]', {}, 'does not send by IPv6'],
    ['http://127.0.0.1:8080', {}, 'does not reach 127.0.0.1'],
    [BASE, { enabled: false }, 'The route is disabled'],
    [BASE, { dryRun: true }, 'on dry run'],
    [BASE, { certificate: true }, 'client certificate'],
  ])('notes what stands in the way: %s %j', (base, given, note) => {
    expect(generate('demo', route(given), { base }).notes.join('\n')).toContain(note)
  })
})

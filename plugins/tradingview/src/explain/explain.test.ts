import { describe, expect, it } from 'vitest'
import { inContext, routeOf } from '../../test/planning.ts'
import { openSecrets } from '../config/secrets.ts'
import { planIncoming, readIncoming } from '../receive/incoming.ts'
import { explain, explainSignal } from './explain.ts'
import type { ExplainContext } from './warnings.ts'

const SECRET = '0f8c1d2e3b4a59687786'
const NOW = Date.parse('2026-11-24T02:00:10Z')
const RULES = [
  { name: 'sells', when: { 'intent.order': 'sell' }, do: [{ ignore: 'no selling' }] },
  { name: 'large', when: { 'fields.amount': { above: 10 } }, do: [{ ignore: 'too much' }] },
  { name: 'orders', do: [{ preset: 'order.market' }] },
  { name: 'rest', do: [{ ignore: 'x' }] },
]
const ALERT = { secret: SECRET, action: 'buy', amount: '0.01', timenow: '2026-11-24T02:00:00Z', comment: SECRET }

const bodyOf = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const route = (given: object = {}) => routeOf({ bot: 'alpha', rules: RULES, ...given })

function contextWith(health: Record<string, string>): ExplainContext {
  const bots = Object.entries(health).map(([id, health]) => ({ id, health }))
  const get = (id: string) =>
    bots.find((bot) => bot.id === id) as ReturnType<NonNullable<ExplainContext['bots']['get']>>
  return { ...inContext(), bots: { bots, get } }
}

const HEALTHY = contextWith({ alpha: 'online' })

describe('explain', () => {
  it('tells what was read, how each rule comes off, and what would be sent', () => {
    const explanation = explain(bodyOf(ALERT), route(), HEALTHY, { now: NOW })
    expect(explanation).toEqual({
      enabled: true,
      dryRun: false,
      status: 202,
      outcome: 'sends 1 message',
      warnings: [],
      alerts: [
        {
          dialect: 'json',
          secret: 'present',
          age: 10_000,
          fields: { action: 'buy', amount: '0.01', timenow: ALERT.timenow, comment: '[redacted]' },
          signal: expect.objectContaining({ format: 'generic', amount: { value: '0.01', unit: 'base' } }),
          rules: [
            { rule: 'sells', verdict: 'does not match', condition: 'intent.order', found: 'buy', wanted: '"sell"' },
            {
              rule: 'large',
              verdict: 'does not match',
              condition: 'fields.amount',
              found: '0.01',
              wanted: 'a number above 10',
            },
            { rule: 'orders', verdict: 'matches' },
            { rule: 'rest', verdict: 'not reached' },
          ],
          plan: {
            kind: 'deliver',
            rule: 'orders',
            deliveries: [{ kind: 'event', bot: 'alpha', name: 'order.market', data: { type: 'buy', amount: '0.01' } }],
          },
        },
      ],
    })
  })

  it('understands an alert as the receiver does, whatever its format', () => {
    const bodies = [
      ALERT,
      {
        ticker: 'BTCUSDT',
        exchange: 'BINANCE',
        action: 'sell',
        sentiment: 'flat',
        quantity: '1',
        price: '5',
        secret: SECRET,
      },
      `secret=${SECRET};EXCHANGE=binance;SYMBOL=SOLUSDT;VOLUME=0.5;SIGNAL=BUY`,
      `${SECRET},buy,AUDUSD,risk=0.1`,
    ]
    for (const body of bodies) {
      const [incoming] = readIncoming(route(), bodyOf(body), undefined)
      const planned =
        incoming &&
        planIncoming(routeOf({ rules: [{ do: [{ ignore: 'x' }] }] }), incoming, { context: HEALTHY, now: NOW })
      const [alert] = explain(bodyOf(body), route(), HEALTHY, { now: NOW }).alerts
      expect(alert?.signal).toEqual(planned?.content['signal'])
      expect(alert?.signal).toBeDefined()
    }
  })

  it('never shows a secret, wherever it stands', () => {
    const bodies = [
      ALERT,
      { ...ALERT, nested: [{ x: `a ${SECRET} b` }] },
      { ...ALERT, action: SECRET },
      { ...ALERT, amount: SECRET },
    ]
    for (const body of bodies) {
      for (const options of [{ now: NOW }, { now: NOW + 9e9 }, { now: NOW, secrets: openSecrets(route()) }]) {
        const explanation = explain(bodyOf(body), route(), HEALTHY, options)
        expect(JSON.stringify(explanation)).not.toContain(SECRET)
      }
    }
  })

  it.each<[string, unknown, object, number, string]>([
    [
      'a stale alert',
      { ...ALERT, timenow: '2026-11-24T01:00:00Z' },
      {},
      422,
      'refused with STALE: the alert is 3610 s old',
    ],
    ['an alert from the future', { ...ALERT, timenow: '2026-11-24T03:00:00Z' }, {}, 422, 'refused with FROM_FUTURE'],
    ['a broken body', '{"action": buy', {}, 422, 'refused with UNREADABLE'],
    ['a placeholder that was left over', { ...ALERT, price: '{{close}}' }, {}, 422, 'refused with PLACEHOLDER'],
    [
      'an alert without amount',
      { ...ALERT, amount: undefined },
      {},
      422,
      'refused with INVALID_FIELD: the alert has no amount',
    ],
    [
      'a bot that is not allowed',
      { ...ALERT, bot: 'beta' },
      {},
      422,
      'refused with NOT_ALLOWED: the alert names the bot "beta"',
    ],
    [
      'an alert without a secret',
      { ...ALERT, secret: undefined },
      {},
      401,
      'refused with UNAUTHORIZED: the secret is missing',
    ],
    ['an alert that a rule ignores', { ...ALERT, action: 'sell' }, {}, 200, 'ignored: no selling'],
    ['an alert that no rule matches', ALERT, { rules: RULES.slice(0, 2) }, 200, 'ignored: no rule matches'],
    ['a dry run', ALERT, { dryRun: true }, 200, 'dry run: it would send 1 message'],
    ['a disabled route', ALERT, { enabled: false }, 200, 'the route is disabled; otherwise it would send 1 message'],
    ['a batch', [ALERT, ALERT], {}, 202, 'sends 2 messages'],
    ['a batch with a wrong alert', [ALERT, { ...ALERT, amount: 'x' }], {}, 422, '; nothing of the body would be done'],
  ])('says what becomes of %s', (_, body, given, status, outcome) => {
    const explanation = explain(bodyOf(body), route(given), HEALTHY, { now: NOW })
    expect(explanation).toMatchObject({ status, outcome: expect.stringContaining(outcome) })
  })

  it('compares the secret where it is given the right ones', () => {
    const secrets = openSecrets(route())
    const secretOf = (body: object, given: object = {}) =>
      explain(bodyOf(body), route(given), HEALTHY, { now: NOW, secrets }).alerts[0]?.secret
    expect(secretOf(ALERT)).toBe('accepted')
    expect(secretOf({ ...ALERT, secret: 'wrong' })).toBe('wrong')
    expect(secretOf({ ...ALERT, secret: 'wrong' }, { secrets: [], certificate: true })).toBe('not needed')
    expect(explain(bodyOf({ ...ALERT, secret: 'wrong' }), route(), HEALTHY, { now: NOW, secrets }).status).toBe(401)
  })

  it.each([
    [{ alpha: 'offline' }, {}, 'the bot "alpha" is offline: the delivery would wait for it, 60 s at most'],
    [
      { alpha: 'stale' },
      { unavailable: 'dead-letter' },
      'was not heard for a while: the delivery would become a dead letter',
    ],
    [{ alpha: 'conflict' }, { unavailable: 'publish' }, 'is there twice, under one id: it would be sent all the same'],
    [{}, {}, 'the bot "alpha" was never heard'],
  ])('warns of bots that are not well: %j', (health, given, warning) => {
    const { warnings } = explain(bodyOf(ALERT), route(given), contextWith(health), { now: NOW })
    expect(warnings).toEqual([expect.stringContaining(warning)])
  })

  it('explains drop-ins without rules and signal', () => {
    const dropIn = routeOf({ dropIn: 'tradingview-webhook-mqtt', topic: 'desk/signals' })
    const { alerts, outcome } = explain(bodyOf({ key: SECRET, data: { a: 1 } }), dropIn, HEALTHY, { now: NOW })
    expect(outcome).toBe('sends 1 message')
    expect(alerts[0]).toMatchObject({ rules: [], plan: { deliveries: [{ kind: 'publish', topic: 'desk/signals' }] } })
    expect(JSON.stringify(alerts)).not.toContain(SECRET)
  })
})

describe('explainSignal', () => {
  it('begins with the signal', () => {
    const signal = { format: 'generic', fields: {}, intent: { kind: 'open', order: 'sell' } } as const
    expect(explainSignal(signal, route(), HEALTHY)).toEqual({
      rules: expect.arrayContaining([{ rule: 'sells', verdict: 'matches' }]),
      plan: { kind: 'ignore', rule: 'sells', reason: 'no selling' },
    })
  })
})

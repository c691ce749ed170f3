import type { JsonValue } from '@botbus/plugin'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inContext, routeOf } from '../../test/planning.ts'
import { AlertError } from '../alert-error.ts'
import type { Delivery } from '../delivery.ts'
import type { Signal } from '../signal.ts'
import { planAlert } from './plan-alert.ts'
import { topicProblem } from './topics.ts'

const groups = { makers: ['gamma', 'mm-*'] }
const ids = ['alpha', 'beta', 'gamma', 'mm-1', 'mm-2', 'secret-bot']

/** A route that lets the alert choose as much as a route can. */
const ROUTE = routeOf(
  {
    bot: 'alpha',
    allow: { bots: ['mm-*'], topics: ['desk/*', 'hbot/**', 'x*'], commands: ['stop', 'history', 'config'] },
    rules: [
      { when: { action: 'order' }, do: [{ preset: 'order.market', data: { note: '{{fields.bot | none}}' } }] },
      {
        when: { action: 'bot' },
        do: [{ preset: 'bot.action' }, { event: 'my.event', to: '@makers', data: { all: '{{fields.topic}}' } }],
      },
      { when: { action: 'command' }, do: [{ command: 'history', arguments: { days: '{{fields.days:integer}}' } }] },
      {
        when: { action: 'config' },
        do: [{ command: 'config', to: 'beta', arguments: { params: '{{fields.params}}' } }],
      },
      { when: { action: 'topic' }, do: [{ publish: '{{fields.topic}}', message: '{{fields.topic}}' }] },
      {
        do: [
          { publish: 'desk/{{fields.topic}}', message: {} },
          { publish: 'hbot/{{ticker | none}}/{{fields.level}}', message: {} },
        ],
      },
    ],
  },
  groups,
)

const names = fc.constantFrom(...ids, 'mm-9', 'mm-*', '@makers', '*', 'mm-1/stop', 'alpha\n', '__proto__', 'mm-event')
const topics = fc.constantFrom(
  'desk/a',
  'desk/a/b',
  'hbot/x/start',
  'hbot.x.stop',
  'x',
  'x/hb',
  'x.hb',
  'hbot/alpha/external/event/a',
  '#',
  'hbot/+/stop',
  '$SYS/x',
  '_inbox/a',
  'hbot/a/reply/b',
  '../desk',
  '{{fields.bot}}',
  'start',
  'stop',
  'balance/limit',
  'other',
  '',
)
const anything = fc.oneof(names, topics, fc.string(), fc.jsonValue({ maxDepth: 2 })) as fc.Arbitrary<JsonValue>

const fields = fc.record(
  {
    action: fc.constantFrom('order', 'bot', 'command', 'config', 'topic', 'other'),
    bot: anything,
    to: anything,
    topic: anything,
    command: anything,
    level: anything,
    days: anything,
    params: anything,
    allow: anything,
  },
  { requiredKeys: ['action'] },
) as fc.Arbitrary<Signal['fields']>

const signals: fc.Arbitrary<Signal> = fc.record(
  {
    format: fc.constant('generic'),
    fields,
    ticker: fc.oneof(topics, fc.string()),
    intent: fc.constantFrom<NonNullable<Signal['intent']>>({ kind: 'open', order: 'buy' }, { kind: 'flat' }),
    amount: fc.constant({ value: '1', unit: 'base' as const }),
    botAction: fc.constantFrom('start' as const, 'stop' as const),
  },
  { requiredKeys: ['format', 'fields'] },
)

function deliveriesOf(signal: Signal): readonly Delivery[] {
  try {
    const plan = planAlert(signal, ROUTE, inContext({ groups, ids }))
    return plan.kind === 'deliver' ? plan.deliveries : []
  } catch (error) {
    if (error instanceof AlertError) return []
    throw error
  }
}

/** What the rules name themselves, and what `allow` lets alerts name. */
const BOTS = /^(alpha|beta|gamma|mm-[^/*]*)$/
const TOPICS = /^(desk\/[^/]*|hbot\/.*|x[^/]*)$/s

describe('planAlert', () => {
  it('never lets an alert choose a bot, a topic or a command that the route does not allow', () => {
    const reached = new Set<string>()
    fc.assert(
      fc.property(signals, (signal) => {
        for (const delivery of deliveriesOf(signal)) {
          reached.add(delivery.kind)
          if (delivery.kind === 'publish') {
            expect(delivery.topic).toMatch(TOPICS)
            expect(topicProblem(delivery.topic)).toBeUndefined()
          } else {
            expect(delivery.bot).toMatch(BOTS)
            if (delivery.kind === 'command') expect(['stop', 'history', 'config']).toContain(delivery.command)
          }
        }
      }),
      { numRuns: 3_000 },
    )
    expect([...reached].sort()).toEqual(['command', 'event', 'publish'])
  })
})

import { describe, expect, it } from 'vitest'
import { tradingviewConfig } from './config.ts'

const SECRET = '0f8c1d2e3b4a59687786'
const ORDER = { do: [{ preset: 'order.market' }] }

/** `path: message` of everything that is wrong with a route. */
function problemsOf(route: Readonly<Record<string, unknown>>, groups = {}): string[] {
  const demo = { secrets: [SECRET], bot: 'alpha', rules: [ORDER], ...route }
  const result = tradingviewConfig.safeParse({ groups, routes: { demo } })
  return result.error?.issues.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`) ?? []
}

function problemsOfAction(action: unknown, route: Readonly<Record<string, unknown>> = {}): string[] {
  return problemsOf({ ...route, rules: [{ do: [action] }] })
}

describe('tradingviewConfig', () => {
  it('takes everything that the documentation shows', () => {
    const config = tradingviewConfig.parse({
      groups: { makers: ['alpha', 'mm-*'] },
      routes: {
        demo: {
          secrets: [SECRET, { env: 'DEMO_SECRET' }, { file: 'secrets/tv-old' }],
          secretField: 'secret',
          addresses: ['52.89.214.238', '10.0.0.0/8', '::1'],
          certificate: true,
          dialect: { regex: '(?P<action>buy|sell) (?<amount>[0-9.]+)' },
          bot: ['alpha', '@makers'],
          allow: { bots: ['mm-*'], topics: ['desk/**'], commands: ['stop'] },
          duplicates: { body: 0 },
          symbols: { 'BINANCE:BTCUSDT': { connector: 'binance', pair: 'BTC-USDT' } },
          unavailable: 'dead-letter',
          silence: 3_600,
          rules: [
            {
              name: 'entries',
              when: { 'intent.kind': 'open', 'fields.strategy': { in: ['a', 'b'] } },
              do: [{ preset: 'order.market' }],
            },
            {
              when: { action: 'close' },
              do: [{ command: 'stop', to: '@makers', arguments: { skip_order_cancellation: false } }],
            },
            { do: [{ event: 'my.signal', data: { price: '{{price:number}}', note: '{{fields.comment | none}}' } }] },
            { do: [{ publish: 'hbot/predictions/{{market.slug}}/ML_SIGNALS', message: { target_pct: 0.01 } }] },
            { do: [{ preset: 'ml_signals', targetPct: 0.02 }] },
            { do: [{ ignore: 'because' }] },
          ],
        },
      },
    })
    expect(config.routes['demo']?.rules.map((rule) => rule.do.map(({ kind }) => kind))).toEqual([
      ['order.market'],
      ['command'],
      ['event'],
      ['publish'],
      ['ml_signals'],
      ['ignore'],
    ])
  })

  it('fills in what is left out', () => {
    const { routes } = tradingviewConfig.parse({
      routes: { demo: { secrets: [SECRET], bot: 'alpha', rules: [ORDER] } },
    })
    expect(routes['demo']).toMatchObject({
      enabled: true,
      certificate: false,
      format: 'auto',
      dialect: 'auto',
      bot: ['alpha'],
      allow: { bots: [], topics: [], commands: [] },
      maxBody: 65_536,
      maxBatch: 20,
      maxAge: 120,
      futureSkew: 30,
      duplicates: { body: 60, id: 86_400 },
      symbols: {},
      unavailable: 'hold',
      holdFor: 60,
      dryRun: false,
      rateLimit: 60,
    })
    expect(tradingviewConfig.parse({})).toEqual({ groups: {}, routes: {} })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown key', { secret: 'x' }, ': unknown key "secret"; accepted: enabled, secrets, secretField'],
    [
      'no secret',
      { secrets: [] },
      'secrets: anybody could send alerts here; accepted: one secret at least, or certificate: true',
    ],
    ['no rule', { rules: [] }, 'rules: nothing would ever be done; accepted: one rule at least'],
    ['a word for a number', { maxAge: '120' }, 'maxAge: accepted: seconds, a number from 1 to'],
    ['an unknown format', { format: 'zignaly' }, 'format: accepted: auto, generic, traderspost'],
    ['no address', { addresses: ['10.0.0.0/33'] }, 'addresses: accepted: any, tradingview, or a list of addresses'],
    ['a look-around', { dialect: { regex: '(?=x)(?P<a>b)' } }, 'dialect: accepted: auto, json'],
    ['columns of JSON', { dialect: 'json', columns: ['a'] }, 'columns: accepted: with dialect auto, csv or pipes only'],
    [
      'no pair',
      { symbols: { X: { connector: 'binance', pair: 'BTCUSDT' } } },
      'symbols.X.pair: accepted: a pair such as BTC-USDT',
    ],
    ['an unknown group', { bot: '@makers' }, 'bot: there is no group @makers; accepted: none, as there are no groups'],
    ['a group that alerts may name', { allow: { bots: ['@makers'] } }, 'allow.bots.0: accepted: a bot id, or a glob'],
    [
      'commands that are topics',
      { allow: { topics: ['hbot/*/start'] } },
      'allow.topics.0: hbot/-/start is a command or channel of bots',
    ],
    ['an unknown command', { allow: { commands: ['kill'] } }, 'allow.commands.0: accepted: start, stop, import'],
    ['a topic without a drop-in', { topic: 'x' }, 'topic: accepted: with dropIn only'],
    ['a drop-in with rules', { dropIn: 'rogerthat' }, 'rules: accepted: without dropIn only'],
    [
      'a drop-in without its topic',
      { dropIn: 'tradingview-webhook-mqtt', rules: [] },
      'topic: accepted: the topic on which',
    ],
  ])('refuses %s', (_, route, problem) => {
    const problems = problemsOf(route)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
  })

  it('says of everything that is wrong what is accepted, in words that are shown as they are', () => {
    const demo = {
      secrets: 7,
      bot: 7,
      allow: 7,
      duplicates: [],
      symbols: 7,
      columns: 'a',
      rules: { do: [] },
      silence: 'x',
      extra: 1,
    }
    const given = {
      groups: { 'a b': 7 },
      routes: { demo, 'no name!': {}, other: 7, third: { secrets: [7], rules: [7, {}] } },
      extra: 1,
    }
    for (const section of [given, 7, [], undefined]) {
      const issues = tradingviewConfig.safeParse(section).error?.issues ?? []
      expect(issues.length).toBeGreaterThan(0)
      for (const { code, message } of issues)
        expect([code, message]).toEqual(['custom', expect.stringContaining('accepted: ')])
    }
  })

  it('takes a client certificate in the place of a secret', () => {
    expect(problemsOf({ secrets: [], certificate: true })).toEqual([])
  })

  it('takes drop-ins without rules', () => {
    expect(problemsOf({ dropIn: 'rogerthat', rules: [] })).toEqual([])
    expect(problemsOf({ dropIn: 'tradingview-webhook-mqtt', rules: [], topic: 'desk/signals' })).toEqual([])
  })
})

describe('an action', () => {
  it.each<[string, unknown, string]>([
    [
      'does two things',
      { event: 'a', command: 'stop' },
      'accepted: exactly one of preset, event, command, publish, ignore; found event and command',
    ],
    ['does nothing', { to: 'alpha' }, 'accepted: exactly one of preset, event, command, publish, ignore; found none'],
    [
      'has a key of another',
      { event: 'a', message: {} },
      'message has no meaning beside event; accepted: data, type, to',
    ],
    ['has no message', { publish: 'desk/a' }, 'accepted: publish with a message; it is missing'],
    [
      'runs a command that is not allowed',
      { command: 'start' },
      'the command "start" is not among allow.commands of the route; accepted: stop, config',
    ],
    [
      'has an unknown argument',
      { command: 'stop', arguments: { now: true } },
      'Unrecognized key: "now"; accepted: skip_order_cancellation, async_backend',
    ],
    [
      'has a wrong argument',
      { command: 'stop', arguments: { async_backend: 'maybe' } },
      'arguments of stop: async_backend:',
    ],
    ['maps bot actions', { preset: 'bot.action', to: '@none' }, 'there is no group @none'],
    [
      'fills in an unknown name',
      { event: 'a', data: { x: ['{{close}}'] } },
      'data: x: 0: {{close}} names what no alert has; accepted: action,',
    ],
    [
      'fills in an unknown type',
      { event: 'a', data: { x: '{{price:float}}' } },
      'accepted: text, number, integer, boolean, time',
    ],
    ['leaves a template open', { event: 'a', data: { x: '{{price' } }, 'has no }}'],
    ['has code in a template', { event: 'a', data: { x: '{{price * 2}}' } }, 'names what no alert has'],
    ['names an event wrongly', { event: 'a b' }, 'event: accepted: words joined by "."'],
    ['names an event that bots misread', { event: 'my_event.b' }, 'event: accepted: words joined by "."'],
    ['sends an event to a deaf bot', { event: 'a', to: 'my-event' }, 'would misread every event'],
    ['publishes a command', { publish: 'hbot/x/start', message: {} }, 'hbot/x/start is a command or channel of bots'],
    ['publishes a dotted command', { publish: 'hbot.x.balance.limit', message: {} }, 'is a command or channel of bots'],
    [
      'publishes an external event',
      { publish: 'hbot/x/external/event/a/b', message: {} },
      'is a command or channel of bots',
    ],
    ['publishes a heartbeat', { publish: 'hbot/{{ticker}}/hb', message: {} }, 'is a command or channel of bots'],
    ['publishes a reply', { publish: 'hbot/x/reply/a/b', message: {} }, 'is a command or channel of bots'],
    ['publishes on a wildcard', { publish: 'desk/#', message: {} }, 'without wildcards'],
    [
      'lets the alert choose the topic',
      { publish: '{{fields.topic}}', message: {} },
      '"fields.topic" lets the alert choose the topic',
    ],
  ])('is refused when it %s', (_, action, problem) => {
    const problems = problemsOfAction(action, { allow: { commands: ['stop', 'config'] } })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
  })

  it('needs a bot: its own, that of the route, or one that the alert may name', () => {
    expect(problemsOfAction({ event: 'a' }, { bot: undefined })).toEqual([
      expect.stringContaining('no bot is named; accepted: to here'),
    ])
    expect(problemsOfAction({ event: 'a', to: 'beta' }, { bot: undefined })).toEqual([])
    expect(problemsOfAction({ event: 'a' }, { bot: undefined, allow: { bots: ['mm-*'] } })).toEqual([])
    expect(problemsOfAction({ publish: 'desk/a', message: 1 }, { bot: undefined })).toEqual([])
  })

  it('maps bot actions only where start or stop is allowed', () => {
    expect(problemsOfAction({ preset: 'bot.action' })).toEqual([
      expect.stringContaining('accepted: with start or stop'),
    ])
    expect(problemsOfAction({ preset: 'bot.action' }, { allow: { commands: ['stop'] } })).toEqual([])
  })

  it('leaves to each alert what its templates stand for', () => {
    const amount = { exchange: 'binance', asset: 'BTC', amount: '{{amount}}' }
    expect(
      problemsOfAction({ command: 'balanceLimit', arguments: amount }, { allow: { commands: ['balanceLimit'] } }),
    ).toEqual([])
  })

  it('ignores alone', () => {
    expect(problemsOf({ rules: [{ do: [{ ignore: 'x' }, { event: 'a' }] }] })).toEqual([
      expect.stringContaining('accepted: ignore as the only action of a rule'),
    ])
  })
})

describe('a condition', () => {
  it.each<[string, unknown, string]>([
    ['close', 'x', '"close" names what no alert has; accepted: action'],
    ['price', { over: 1 }, 'unknown key "over"; accepted: in, not, matches'],
    ['price', {}, 'one test at least'],
    ['price', { above: 'high' }, 'accepted for above and below: a decimal'],
    ['comment', { matches: '(a)\\1' }, 'is no regular expression of RE2'],
    ['comment', { matches: '(?<!a)b' }, 'is no regular expression of RE2'],
    ['comment', { in: [] }, 'accepted: a list of texts, numbers, true or false'],
    ['comment', [], 'accepted: a text, a number, true or false, or a section of in, not, matches'],
  ])('on %s is refused when it is %j', (path, wanted, problem) => {
    const problems = problemsOf({ rules: [{ when: { [path]: wanted }, do: [{ ignore: 'x' }] }] })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
  })
})

import { DEFAULT_LIMITS, decodeJson } from '@botbus/core'
import { describe, expect, it, vi } from 'vitest'
import { type Fixture, fixtures, harness, memoryWith } from '../../test/harness.ts'
import { type Bot, BotClient, CommandError } from '../index.ts'
import { botContract, type CommandName } from './contract.ts'
import * as messages from './messages.ts'

type MessageFixture = Extract<Fixture, { kind: 'message' }>
type CallFixture = Extract<Fixture, { kind: 'call' }>

const { commands, channels } = botContract()
const decode = (payload: string): unknown => decodeJson(Buffer.from(payload), DEFAULT_LIMITS)

const all = fixtures().map((fixture, index) => ({ ...fixture, line: index + 1 }))
const sent = all.filter((fixture): fixture is MessageFixture & { line: number } => fixture.kind === 'message')
const calls = all.filter((fixture): fixture is CallFixture & { line: number } => fixture.kind === 'call')

/** What the captured calls without a recorded request had sent, as far as it is a request by its form. */
const REQUESTS: Readonly<Record<string, Record<string, unknown>>> = {
  'second start': {},
  'start async_backend False': { async_backend: false },
  'status running async': {},
  'status running sync': { async_backend: false },
  'reply_to rpc-flat': {},
  'hummingbot-api style header': {},
}

function commandOf({ command }: CallFixture): CommandName | undefined {
  return (Object.keys(commands) as CommandName[]).find((name) => commands[name].address === `hbot/{bot}/${command}`)
}

function requestOf(fixture: CallFixture): Record<string, unknown> | undefined {
  return fixture.request ?? REQUESTS[fixture.case ?? '']
}

function answerOf({ reply }: CallFixture): Record<string, unknown> {
  return (decode(reply ?? '') as { data: Record<string, unknown> }).data
}

/** Every field of `given` is in `read`, with the value that it stands for. */
function expectWithoutLoss(read: unknown, given: unknown, path = ''): void {
  if (typeof given === 'object' && given !== null) {
    for (const [key, value] of Object.entries(given)) {
      expect(read, path).toHaveProperty([key])
      expectWithoutLoss((read as Record<string, unknown>)[key], value, `${path}.${key}`)
    }
  } else {
    expect([given, Number(given)], path).toContainEqual(read)
  }
}

async function invoke(client: BotClient, name: CommandName, request: Record<string, unknown>): Promise<unknown> {
  return client[name](request as never)
}

describe('captured messages', () => {
  const ofBots = sent.filter(({ topic }) => topic.startsWith('hbot/'))

  it('are there', () => {
    expect(ofBots.length).toBeGreaterThan(15)
    expect(calls.length).toBeGreaterThan(80)
  })

  it.each(ofBots)(
    'line $line on $topic reaches a listener of its channel without a loss',
    async ({ topic, payload }) => {
      const channel = Object.values(channels).find(
        ({ topic: template }) => template.replace('{bot}', 'testbot') === topic,
      )
      if (!channel) throw new Error(`no channel has the topic ${topic}`)
      const { broker, bus } = await harness()
      const seen: unknown[] = []
      await bus.subscribe(channel as typeof channels.events, { bot: '+' }, ({ data }) => seen.push(data))
      broker.publish({ topic, payload: Buffer.from(payload), retained: false })
      await vi.waitFor(() => expect(seen).toHaveLength(1))
      expectWithoutLoss(seen[0], decode(payload))
    },
  )

  it('keep the NaN of a market order’s price', () => {
    const fixture = sent.find(({ payload }) => payload.includes('NaN'))
    const { data } = messages.event.parse(decode(fixture?.payload ?? ''))
    expect(data['price']).toBeNaN()
  })

  it.each(sent.filter(({ topic }) => topic.endsWith('heartbeat')))(
    'line $line: the heartbeat of $source is one',
    ({ payload }) => {
      expectWithoutLoss(messages.heartbeat.parse(decode(payload)), decode(payload))
    },
  )
})

describe('messages of other versions', () => {
  it('puts the flat performance of Hummingbot before v2.12 where it stands now', () => {
    const report = { ctrl_1: { realized_pnl_quote: '-2', close_type_counts: { 'CloseType.FAILED': 1 } }, ctrl_2: {} }
    expect(messages.performanceReport.parse(report)).toEqual({
      ctrl_1: {
        performance: { realized_pnl_quote: -2, close_type_counts: { 'CloseType.FAILED': 1 } },
        custom_info: {},
      },
      ctrl_2: { performance: {}, custom_info: {} },
    })
  })

  it('reads null for what a controller does not know, and keeps what it adds', () => {
    const report = {
      c: { performance: { volume_traded: null, positions_summary: null, new_field: [1] }, custom_info: null },
    }
    expect(messages.performanceReport.parse(report)).toEqual(report)
  })

  it.each([[{}], [{ ts: 1795443544601957 }], [{ ts: '-1' }]])('takes %j for a heartbeat', (given) => {
    expect(messages.heartbeat.safeParse(given).success).toBe(true)
  })

  it.each([
    [messages.externalEvent, { timestamp: 1.5, sequence: 2, type: 't', data: {} }],
    [messages.externalEvent, { timestamp: 1, sequence: 'x', type: 't', data: {} }],
    [messages.externalEvent, { timestamp: 1, sequence: 2, type: 't', data: [] }],
    [messages.event, { timestamp: 1, data: {} }],
    [messages.log, { timestamp: 'now', msg: '', level_no: 20, level_name: 'INFO', logger_name: '' }],
    [messages.heartbeat, []],
  ])('refuses what it cannot mean (%#: %o)', (schema, given) => {
    expect(schema.safeParse(given).success).toBe(false)
  })
})

describe('captured calls', () => {
  const answered = calls.filter((fixture) => fixture.reply !== null && commandOf(fixture))

  it.each(answered)(
    'line $line: a client reads the answer of a real bot to $command without a loss',
    async (fixture) => {
      const { broker, bus } = await harness(memoryWith({ headers: 'envelope' }))
      broker.serve({
        pattern: `hbot/testbot/${fixture.command}`,
        group: undefined,
        listener: ({ payload }) => {
          const { header } = JSON.parse(Buffer.from(payload).toString()) as { header: { reply_to: string } }
          broker.reply(header.reply_to, { payload: fixture.reply ?? '' })
        },
      })
      const client = new BotClient(bus, 'testbot')
      const request = requestOf(fixture) ?? { strategy: 'x', params: [] }
      const name = commandOf(fixture) as CommandName
      const accepted = Object.keys(commands[name].request.shape)
      const fitting = Object.fromEntries(Object.entries(request).filter(([key]) => accepted.includes(key)))
      expectWithoutLoss(await invoke(client, name, fitting), answerOf(fixture))
    },
  )

  const repeatable = answered.filter((fixture) => requestOf(fixture))

  it.each(repeatable)('line $line: client and bridge carry $command $request and its answer', async (fixture) => {
    const name = commandOf(fixture) as CommandName
    const expected = answerOf(fixture)
    const { bus, bridge } = await harness(memoryWith({ headers: 'envelope' }))
    const received: unknown[] = []
    await bridge(botThatAnswers(name, expected, received))
    const answer = await invoke(new BotClient(bus, 'testbot'), name, requestOf(fixture) ?? {})
    // A synchronous status carries its text in `data` too, where the specification wants it.
    expect(answer).toMatchObject(name === 'status' ? { status: expected['status'], msg: expected['msg'] } : expected)
    expectWithoutLoss(received[0], requestOf(fixture))
  })

  const malformed: [CommandName, Record<string, unknown>, string][] = [
    ['config', { params: [['instance_id']] }, 'params.0'],
    ['import', {}, 'strategy'],
    ['history', { days: 'x' }, 'days'],
    ['balanceLimit', { exchange: 'binance' }, 'asset'],
  ]

  it.each(malformed)(
    '%s with %j, which real bots leave without an answer, gets 400 with the path',
    async (name, request, path) => {
      const { bus, bridge } = await harness()
      await bridge({})
      const answer = await bus.call(commands[name].address.replace('{bot}', 'testbot'), request)
      expect(answer).toMatchObject({ status: 400, msg: expect.stringContaining(`${path}: `) })
    },
  )
})

/** A bot whose method for one command gives that answer. */
function botThatAnswers(name: CommandName, answer: Record<string, unknown>, received: unknown[]): Bot {
  const { status, msg, ...details } = answer as { status: number; msg: string; [key: string]: unknown }
  return {
    [name]: (request: unknown) => {
      received.push(request)
      if (status === 400) throw new CommandError(msg, details)
      if (name === 'config') return details
      if (name === 'history') return details['trades']
      if (name === 'balanceLimit' || name === 'balancePaper') return details['data'] ?? undefined
      return msg
    },
  }
}

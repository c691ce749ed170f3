import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AlertFixture, TIMENOW } from '../../fixtures/alert.ts'
import { EDGE_CASES } from '../../fixtures/edge-cases.ts'
import { RECEIVER_ALERTS } from '../../fixtures/receivers.ts'
import { SERVICE_ALERTS } from '../../fixtures/services.ts'
import { TEXT_ALERTS } from '../../fixtures/texts.ts'
import { certificate } from '../../test/certificates.ts'
import { TestHost } from '../../test/host.ts'
import { httpsOptions, makeParties, type Parties, postTls } from '../../test/tls.ts'
import { ALERT_CODES, type AlertCode } from '../codes.ts'
import type { Signal } from '../signal.ts'

const ALL: readonly AlertFixture[] = [...RECEIVER_ALERTS, ...SERVICE_ALERTS, ...TEXT_ALERTS, ...EDGE_CASES]
const MAX_AGE = 120_000
const SKEW = 30_000
const NOW = TIMENOW + 10_000

const RULES = [
  { when: { botAction: 'start' }, do: [{ event: 'asks.start' }] },
  { when: { botAction: 'stop' }, do: [{ event: 'asks.stop' }] },
  {
    when: { 'intent.order': { exists: true }, 'amount.unit': { in: ['base', 'contracts'] } },
    do: [{ preset: 'order.market' }],
  },
  { when: { 'intent.kind': { exists: true } }, do: [{ event: 'intent', data: { kind: '{{intent.kind}}' } }] },
  { do: [{ ignore: 'it asks for nothing' }] },
]

/** A route for each body: `f0`, `f1`, ... with a bot of the same name. Whoever shows the certificate needs no secret. */
function routes(): object {
  const entries = ALL.map(({ read, signal }, index) => {
    const { symbols } = signal ?? {}
    const own = { ...read, ...(symbols === undefined ? {} : { symbols }) }
    return [`f${index}`, { certificate: true, bot: `f${index}`, unavailable: 'publish', rules: RULES, ...own }]
  })
  return Object.fromEntries(entries)
}

type OnlySignal = Omit<Signal, 'fields'>

/** What reaches the bot: topic and data. */
function effectOf({ botAction, intent, amount }: OnlySignal): readonly [string, object] | undefined {
  if (botAction !== undefined) return [`asks/${botAction}`, {}]
  if (intent?.order !== undefined && (amount?.unit === 'base' || amount?.unit === 'contracts')) {
    return ['order/market', { type: intent.order, amount: amount.value }]
  }
  return intent === undefined ? undefined : ['intent', { kind: intent.kind }]
}

/** Read well, but it asks for an order at a limit, which `order.market` does not place at the market. */
const AT_A_LIMIT = new Set(['P39, lines'])

function refusalOf({ name, expected }: AlertFixture): AlertCode | undefined {
  if ('code' in expected) return expected.code
  if (AT_A_LIMIT.has(name)) return 'INVALID_FIELD'
  for (const { time = NOW } of expected.signals) {
    if (NOW - time > MAX_AGE) return 'STALE'
    if (time - NOW > SKEW) return 'FROM_FUTURE'
  }
  return undefined
}

describe('every alert that people send', () => {
  const heard = new Map<string, (readonly [string, unknown])[]>()
  let parties: Parties
  let host: TestHost
  let port: number

  beforeAll(async () => {
    parties = await makeParties()
    vi.useFakeTimers({ toFake: ['Date'], now: NOW })
    host = await TestHost.start({ server: httpsOptions(parties), config: { routes: routes() } })
    await host.bus.subscribe('hbot/+/external/event/#', ({ topic, data }) => {
      const [, bot = '', , , ...name] = topic.split('/')
      const events = heard.get(bot) ?? []
      heard.set(bot, events)
      events.push([name.join('/'), (data as { data: unknown }).data])
    })
    await host.app.listen({ host: '127.0.0.1', port: 0 })
    port = (host.app.server.address() as AddressInfo).port
  })

  afterAll(async () => {
    await host[Symbol.asyncDispose]()
    vi.useRealTimers()
  })

  it.each(ALL.map((fixture, index) => [fixture.name, fixture.source, index, fixture] as const))(
    '%s (%s) is answered, and has its effect',
    async (_name, _source, index, fixture) => {
      const route = `f${index}`
      const { status, body } = await postTls(port, route, fixture.body, parties, parties.tradingview)
      const code = refusalOf(fixture)
      if (code !== undefined) {
        expect({ status, code: body.error.code }).toEqual({ status: statusOf(code), code })
        const letters = await host.store.forPlugin('tradingview').deadLetters.list({ source: route })
        expect(letters.map((letter) => letter.code)).toEqual([code])
        expect(heard.get(route)).toBeUndefined()
        return
      }
      const signals = 'signals' in fixture.expected ? fixture.expected.signals : []
      const effects = signals.map(effectOf)
      expect(status).toBe(effects.every((effect) => effect === undefined) ? 200 : 202)
      const results = signals.length === 1 ? [body] : body.results
      expect(results.map((result: { status: string }) => result.status)).toEqual(
        effects.map((effect) => (effect === undefined ? 'ignored' : 'stored')),
      )
      const wanted = effects.filter((effect) => effect !== undefined)
      await vi.waitFor(() => expect(heard.get(route) ?? []).toEqual(wanted))
    },
  )

  it('shows its certificate also over a session that is resumed', async () => {
    const reused: boolean[] = []
    let session: Buffer | undefined
    for (let n = 0; n < 2; n++) {
      const { key, cert } = parties.tradingview
      const socket = connect({
        host: '127.0.0.1',
        port,
        ca: parties.ca.cert,
        key,
        cert,
        ...(session ? { session } : {}),
      })
      socket.once('session', (ticket) => {
        session = ticket
      })
      socket.write(
        'POST /webhooks/tradingview/f0 HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}',
      )
      const [answer] = (await once(socket, 'data')) as [Buffer]
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /)
      reused.push(socket.isSessionReused())
      socket.destroy()
    }
    expect(reused).toEqual([false, true])
  })

  it('is refused with another certificate, or none', async () => {
    const others = [
      await certificate(parties.ca, 'TradingView Webhooks', 'Somebody Else'),
      await certificate(parties.ca, 'Somebody Else', 'TradingView, Inc.'),
      (await makeParties()).tradingview,
      undefined,
    ]
    for (const other of others) {
      const answer = await postTls(port, 'f0', '{}', parties, other)
      expect(answer).toEqual({ status: 403, body: { error: { code: 'FORBIDDEN' } } })
    }
  })
})

function statusOf(code: AlertCode): number {
  const { status }: { status?: number; meaning: string } = ALERT_CODES[code]
  return status ?? 0
}

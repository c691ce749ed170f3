import { openStore } from '@botbus/store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { eventsOf, route, SECRET, TestHost } from '../../test/host.ts'

afterEach(() => vi.useRealTimers())

const buy = (more: object = {}): object => ({ secret: SECRET, action: 'buy', amount: '0.01', ...more })

const oneRoute = (more: object = {}): object => ({ routes: { demo: route(more) } })

async function letters(host: TestHost): Promise<(readonly [string, string])[]> {
  return (await host.deadLetters()).map(({ code, reason }) => [code, reason] as const)
}

describe('requests', () => {
  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'] as const)('are refused with 405 for %s', async (method) => {
    await using host = await TestHost.start({ config: oneRoute() })
    const response = await host.app.inject({ method, url: '/webhooks/tradingview/demo' })
    expect([response.statusCode, response.headers['allow']]).toEqual([405, 'POST'])
    expect(response.json().error.code).toBe('METHOD_NOT_ALLOWED')
  })

  it('of a disabled route do nothing, and say so', async () => {
    await using host = await TestHost.start({ config: oneRoute({ enabled: false }) })
    expect(await host.post('demo', buy())).toEqual({ status: 200, body: { status: 'disabled' } })
  })

  it.each(['application/json', 'text/plain', 'nonsense', ''])(
    'are read whatever they call themselves: "%s"',
    async (type) => {
      await using host = await TestHost.start({ config: oneRoute() })
      expect(await host.post('demo', buy(), { 'content-type': type })).toMatchObject({ status: 202 })
    },
  )

  it('that are too large are refused with 413, and leave a dead letter', async () => {
    await using host = await TestHost.start({
      config: { routes: { demo: route({ maxBody: 200 }), big: route({ maxBody: 500 }) } },
    })
    for (const size of [300, 600]) {
      const answer = await host.post('demo', buy({ comment: 'x'.repeat(size) }))
      expect(answer).toMatchObject({ status: 413, body: { error: { code: 'TOO_LARGE' } } })
    }
    expect(await host.post('big', buy({ comment: 'x'.repeat(300) }))).toMatchObject({ status: 202 })
    expect((await letters(host)).map(([code]) => code)).toEqual(['TOO_LARGE', 'TOO_LARGE'])
  })

  it('that are too many are refused with 429, and leave dead letters that can be replayed', async () => {
    await using host = await TestHost.start({ config: oneRoute({ rateLimit: 2 }) })
    const answers = []
    for (let n = 0; n < 3; n++) answers.push((await host.post('demo', buy({ n }))).status)
    expect(answers).toEqual([202, 202, 429])
    const [letter] = await host.deadLetters()
    expect(letter).toMatchObject({ code: 'TOO_FAST', content: { alerts: [{ values: { n: '2' } }] } })
    expect(await host.api('POST', `/dead-letters/${letter?.id}/replay`)).toMatchObject({
      status: 200,
      body: { results: [{ status: 'stored' }] },
    })
  })

  it('that cannot be read leave few dead letters, without what looks like a secret', async () => {
    await using host = await TestHost.start({ config: oneRoute() })
    const body = `{\n "key": "mysecretkey"\n "token" = ${SECRET}\n free ${SECRET}`
    for (let n = 0; n < 15; n++) {
      expect(await host.post('demo', body)).toMatchObject({ status: 422, body: { error: { code: 'UNREADABLE' } } })
    }
    const kept = await host.deadLetters()
    expect(kept).toHaveLength(10)
    expect(JSON.stringify(kept)).not.toMatch(/mysecretkey|kG7w/)
    expect(await host.api('POST', `/dead-letters/${kept[0]?.id}/replay`)).toMatchObject({ status: 422 })
  })
})

describe('an alert', () => {
  it('is not sent in a dry run, and the answer shows what would be', async () => {
    await using host = await TestHost.start({ config: oneRoute({ dryRun: true, unavailable: 'publish' }) })
    const events = await eventsOf(host, 'alpha')
    const answer = await host.post('demo', buy())
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'dry-run', plan: { deliveries: [{ kind: 'event', bot: 'alpha', name: 'order.market' }] } },
    })
    expect(events).toEqual([])
    expect(await host.api('GET', '/alerts')).toMatchObject({ body: [{ id: answer.body.id, executions: [] }] })
  })

  it('that a rule ignores, or none matches, says so', async () => {
    const rules = [{ when: { action: 'sell' }, do: [{ ignore: 'we never sell' }] }]
    await using host = await TestHost.start({ config: oneRoute({ rules }) })
    expect(await host.post('demo', buy({ action: 'sell' }))).toMatchObject({
      status: 200,
      body: { status: 'ignored', reason: 'we never sell' },
    })
    expect(await host.post('demo', buy())).toMatchObject({ body: { status: 'ignored', reason: 'no rule matches' } })
  })

  it('is one alert when its body comes again after 5, 10 and 15 s', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await using host = await TestHost.start({ config: oneRoute() })
    const events = await eventsOf(host, 'alpha')
    await host.heard('alpha')
    const first = await host.post('demo', buy())
    expect(first.status).toBe(202)
    for (let again = 0; again < 3; again++) {
      vi.setSystemTime(Date.now() + 5_000)
      expect(await host.post('demo', buy())).toEqual({ status: 200, body: { duplicate: true, id: first.body.id } })
    }
    vi.setSystemTime(Date.now() + 50_000)
    await host.heard('alpha')
    expect((await host.post('demo', buy())).status).toBe(202)
    await vi.waitFor(() => expect(events).toHaveLength(2))
    expect(host.metrics.values.get('alerts_total{demo,duplicate}')).toBe(3)
  })

  it('with an id of its own is one alert for a day, whatever its body', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await using host = await TestHost.start({ config: oneRoute() })
    const { body } = await host.post('demo', buy({ id: 'fill-1', n: 1 }))
    vi.setSystemTime(Date.now() + 86_000_000)
    expect(await host.post('demo', buy({ id: 'fill-1', n: 2 }))).toEqual({
      status: 200,
      body: { duplicate: true, id: body.id },
    })
    vi.setSystemTime(Date.now() + 500_000)
    expect((await host.post('demo', buy({ id: 'fill-1', n: 3 }))).status).toBe(202)
  })

  it('is another one for each of two fills within one second', async () => {
    await using host = await TestHost.start({ config: oneRoute() })
    const events = await eventsOf(host, 'alpha')
    await host.heard('alpha')
    const timenow = new Date().toISOString()
    expect((await host.post('demo', buy({ timenow, amount: '0.1' }))).status).toBe(202)
    expect((await host.post('demo', buy({ timenow, amount: '0.2' }))).status).toBe(202)
    await vi.waitFor(() => expect(events).toMatchObject([{ data: { amount: '0.1' } }, { data: { amount: '0.2' } }]))
  })

  it('that is sent again after a newer one has no effect', async () => {
    await using host = await TestHost.start({ config: oneRoute() })
    const events = await eventsOf(host, 'alpha')
    await host.heard('alpha')
    const first = await host.post('demo', buy())
    await host.post('demo', buy({ action: 'sell' }))
    expect(await host.post('demo', buy())).toEqual({ status: 200, body: { duplicate: true, id: first.body.id } })
    await vi.waitFor(() => expect(events).toMatchObject([{ data: { type: 'buy' } }, { data: { type: 'sell' } }]))
  })

  it.each([
    ['10 minutes old', -600_000, 422, 'STALE'],
    ['10 minutes ahead', 600_000, 422, 'FROM_FUTURE'],
    ['a minute old', -60_000, 202, undefined],
  ])('that is %s is answered with %i', async (_, offset, status, code) => {
    await using host = await TestHost.start({ config: oneRoute() })
    const timenow = new Date(Date.now() + offset).toISOString()
    const answer = await host.post('demo', buy({ timenow }))
    expect(answer.status).toBe(status)
    expect((await letters(host)).map(([found]) => found)).toEqual(code === undefined ? [] : [code])
  })

  it('with a placeholder that nobody filled in is refused with its name', async () => {
    await using host = await TestHost.start({ config: oneRoute() })
    const answer = await host.post('demo', buy({ comment: 'at {{close}}' }))
    expect(answer).toMatchObject({ status: 422, body: { error: { code: 'PLACEHOLDER' } } })
    expect(answer.body.error.message).toContain('{{close}}')
  })

  it('never shows its secret: not in the store, not in the log, not in an answer', async () => {
    await using host = await TestHost.start({ config: oneRoute({ dryRun: true }) })
    const shown = [
      await host.post('demo', buy({ note: `see ${SECRET}` })),
      await host.post('demo', buy({ amount: 'x' })),
    ]
    shown.push(
      await host.api('GET', '/alerts'),
      await host.api('GET', '/dead-letters'),
      await host.api('GET', '/routes'),
    )
    expect(shown.map(({ status }) => status)).toEqual([200, 422, 200, 200, 200])
    expect(JSON.stringify([shown, host.log.lines, await host.deadLetters()])).not.toContain(SECRET)
  })
})

describe('a batch', () => {
  it('is stored alert by alert, and answered with one result for each', async () => {
    await using host = await TestHost.start({ config: oneRoute() })
    const events = await eventsOf(host, 'alpha')
    await host.heard('alpha')
    const batch = [buy({ id: 'a' }), buy({ id: 'b', amount: '0.02' }), buy({ id: 'a', amount: '0.03' })]
    const answer = await host.post('demo', batch)
    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'stored', results: [{ status: 'stored' }, { status: 'stored' }, { duplicate: true }] },
    })
    await vi.waitFor(() => expect(events).toMatchObject([{ data: { amount: '0.01' } }, { data: { amount: '0.02' } }]))
  })

  it('of which one alert is wrong does nothing at all', async () => {
    await using host = await TestHost.start({ config: oneRoute({ unavailable: 'publish' }) })
    const events = await eventsOf(host, 'alpha')
    const answer = await host.post('demo', [buy(), buy({ amount: 'much' })])
    expect(answer).toMatchObject({ status: 422, body: { error: { code: 'INVALID_FIELD' }, results: [{}, {}] } })
    expect(answer.body.error.message).toMatch(/^alert 2 of 2: /)
    expect(await host.api('GET', '/alerts')).toMatchObject({ body: [] })
    expect(events).toEqual([])
  })
})

describe('a store', () => {
  it('that is full or gone is answered with 503, so that TradingView tries again', async () => {
    await using host = await TestHost.start({ config: oneRoute(), storeOptions: { maxPending: 1 } })
    expect((await host.post('demo', buy({ n: 1 }))).status).toBe(202)
    const response = await host.post('demo', buy({ n: 2 }))
    expect(response).toMatchObject({ status: 503, body: { error: { code: 'INBOX_FULL' } } })
    expect(await host.deadLetters()).toEqual([])
  })

  it('that fails in the middle of a batch loses nothing: the rest are dead letters', async () => {
    await using host = await TestHost.start({ config: oneRoute(), storeOptions: { maxPending: 1 } })
    const answer = await host.post('demo', [buy({ n: 1 }), buy({ n: 2 })])
    expect(answer).toMatchObject({
      status: 202,
      body: { results: [{ status: 'stored' }, { error: { code: 'INBOX_FULL' } }] },
    })
    expect((await letters(host)).map(([code]) => code)).toEqual(['INBOX_FULL'])
  })

  it('that was closed is answered with 503', async () => {
    const store = await openStore('sqlite::memory:')
    await using host = await TestHost.start({ config: oneRoute(), store })
    await store.close()
    expect((await host.post('demo', buy())).status).toBe(503)
  })
})

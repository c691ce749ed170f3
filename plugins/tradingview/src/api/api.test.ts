import { describe, expect, it, vi } from 'vitest'
import { eventsOf, route, SECRET, TestHost } from '../../test/host.ts'

const buy = (more: object = {}): object => ({ secret: SECRET, action: 'buy', amount: '0.01', ...more })
const config = (more: object = {}): object => ({ routes: { demo: route({ unavailable: 'publish', ...more }) } })
const OLD = '2020-01-01T00:00:00Z'

async function letterOf(host: TestHost): Promise<string> {
  const { executions } = host.store.forPlugin('tradingview')
  // The letter is written before the end of its delivery.
  await vi.waitFor(async () => expect(await executions.open(['pending', 'sent'])).toEqual([]))
  const letters = await host.deadLetters()
  expect(letters).toHaveLength(1)
  return letters[0]?.id ?? ''
}

async function audited(host: TestHost): Promise<object[]> {
  const entries = await host.store.audit.list()
  return entries.map(({ actor, action, target }) => ({ actor, action, target }))
}

describe('a replay of a refused alert', () => {
  it('plans it again with the rules of today, whatever its age, once', async () => {
    await using host = await TestHost.start({ config: config() })
    const events = await eventsOf(host, 'alpha')
    expect(await host.post('demo', buy({ timenow: OLD }))).toMatchObject({ status: 422 })
    const id = await letterOf(host)
    const answer = await host.api('POST', `/dead-letters/${id}/replay`)
    expect(answer).toMatchObject({ status: 200, body: { results: [{ status: 'stored' }] } })
    await vi.waitFor(() => expect(events).toMatchObject([{ data: { type: 'buy', amount: '0.01' } }]))
    expect(await host.api('POST', `/dead-letters/${id}/replay`)).toMatchObject({
      status: 409,
      body: { error: { code: 'ALREADY_REPLAYED' } },
    })
    expect(await host.api('GET', '/dead-letters')).toMatchObject({
      body: [{ id, route: 'demo', code: 'STALE', replayedAs: answer.body.results[0].id }],
    })
    expect(await audited(host)).toEqual([{ actor: 'user:test', action: 'dead-letter.replay', target: id }])
  })

  it('runs once also when two ask for it at the same time', async () => {
    await using host = await TestHost.start({ config: config() })
    const events = await eventsOf(host, 'alpha')
    await host.post('demo', buy({ timenow: OLD }))
    const id = await letterOf(host)
    const answers = await Promise.all([1, 2, 3].map(() => host.api('POST', `/dead-letters/${id}/replay`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    await vi.waitFor(() => expect(events).toHaveLength(1))
  })

  it('does not go around what the route allows', async () => {
    await using host = await TestHost.start({ config: config({ allow: { bots: ['mm-*'] } }) })
    await host.post('demo', buy({ bot: 'other' }))
    const id = await letterOf(host)
    expect(await host.api('POST', `/dead-letters/${id}/replay`)).toMatchObject({
      status: 422,
      body: { error: { code: 'NOT_ALLOWED' } },
    })
  })
})

describe('a replay of a delivery', () => {
  const stopping = {
    allow: { commands: ['stop'] },
    rules: [{ do: [{ command: 'stop', arguments: { skip_order_cancellation: true } }, { event: 'told' }] }],
  }

  it('repeats it as it was planned, and nothing else of its alert', async () => {
    await using host = await TestHost.start({ config: config(stopping) })
    const events = await eventsOf(host, 'alpha')
    let answer = { status: 400, msg: 'busy' }
    const requests: unknown[] = []
    await host.bus.serve('hbot/alpha/stop', (request) => {
      requests.push(request)
      return answer
    })
    await host.post('demo', { secret: SECRET })
    await vi.waitFor(async () => expect(await host.deadLetters()).toMatchObject([{ code: 'REJECTED' }]))
    answer = { status: 200, msg: '' }
    const id = await letterOf(host)
    expect(await host.api('POST', `/dead-letters/${id}/replay`)).toMatchObject({ status: 200 })
    await vi.waitFor(() => expect(requests).toHaveLength(2))
    expect(requests[1]).toEqual(requests[0])
    expect(requests[0]).toMatchObject({ skip_order_cancellation: true })
    expect(events).toHaveLength(1)
  })

  it('is refused while the delivery has not ended: it would be sent twice', async () => {
    await using host = await TestHost.start({ config: config() })
    const { inbox, deadLetters } = host.store.forPlugin('tradingview')
    const payload = { kind: 'event', bot: 'alpha', name: 'order.market', data: {} }
    const planned = { lane: 'alpha', target: 'alpha', operation: 'event', payload, expiresAt: Date.now() + 60_000 }
    const about = { source: 'demo', receivedAt: Date.now(), sender: '127.0.0.1', content: {} }
    const accepted = await inbox.accept({ ...about, guards: [], executions: [planned] })
    const execution = accepted.status === 'stored' ? (accepted.executions[0] ?? '') : ''
    const id = await deadLetters.add({ ...about, code: 'EXPIRED', reason: 'late', cause: accepted.id, execution })
    expect(await host.api('POST', `/dead-letters/${id}/replay`)).toMatchObject({
      status: 422,
      body: { error: { code: 'NOT_ALLOWED', message: expect.stringContaining('is pending') } },
    })
  })

  it('is refused when the route does not allow the command any more', async () => {
    await using first = await TestHost.start({ config: config(stopping) })
    await first.bus.serve('hbot/alpha/stop', () => ({ status: 400, msg: 'busy' }))
    await first.post('demo', { secret: SECRET })
    await vi.waitFor(async () => expect(await first.deadLetters()).toHaveLength(1))
    await using host = await TestHost.start({ config: config(), store: first.store })
    expect(await host.api('POST', `/dead-letters/${await letterOf(host)}/replay`)).toMatchObject({
      status: 422,
      body: { error: { code: 'NOT_ALLOWED' } },
    })
  })
})

describe('operators', () => {
  it('see alerts with what became of them, by route and page', async () => {
    await using host = await TestHost.start({ config: { routes: { demo: route(), other: route() } } })
    for (const n of [1, 2, 3]) await host.post('demo', buy({ n }))
    await host.post('other', buy())
    const all = await host.api('GET', '/alerts?route=demo&limit=2')
    expect(all.body).toMatchObject([
      { route: 'demo', content: { signal: { fields: { n: '3' } }, rule: 'rule 1' } },
      { route: 'demo', executions: [{ target: 'alpha', operation: 'event', status: 'pending' }] },
    ])
    const rest = await host.api('GET', `/alerts?route=demo&before=${all.body[1].id}`)
    expect(rest.body).toMatchObject([{ content: { signal: { fields: { n: '1' } } } }])
    expect(await host.api('GET', '/alerts?limit=0')).toMatchObject({ status: 400 })
  })

  it('see the routes, without their secrets', async () => {
    await using host = await TestHost.start({ config: config({ dryRun: true }) })
    expect((await host.api('GET', '/routes')).body).toEqual([
      { name: 'demo', enabled: true, dryRun: true, format: 'auto', unavailable: 'publish', rules: ['rule 1'] },
    ])
  })

  it('delete dead letters, which the audit log tells', async () => {
    await using host = await TestHost.start({ config: config() })
    await host.post('demo', buy({ timenow: OLD }))
    const id = await letterOf(host)
    expect(await host.api('DELETE', `/dead-letters/${id}`)).toMatchObject({ status: 204 })
    expect(await host.api('DELETE', `/dead-letters/${id}`)).toMatchObject({ status: 404 })
    expect(await host.api('POST', `/dead-letters/${id}/replay`)).toMatchObject({ status: 404 })
    expect(await audited(host)).toEqual([{ actor: 'user:test', action: 'dead-letter.delete', target: id }])
  })

  it('learn what a route would do with a body, without its secret', async () => {
    await using host = await TestHost.start({ config: config() })
    const answer = await host.api('POST', '/explain', { route: 'demo', body: JSON.stringify(buy()) })
    expect(answer).toMatchObject({ status: 200, body: { status: 202, alerts: [{ secret: 'present' }] } })
    expect(JSON.stringify(answer)).not.toContain(SECRET)
    expect(await host.api('POST', '/explain', { route: 'none', body: '{}' })).toMatchObject({ status: 404 })
    expect(await host.api('GET', '/alerts')).toMatchObject({ body: [] })
  })

  it('get what to enter at TradingView', async () => {
    await using host = await TestHost.start({ config: config() })
    const answer = await host.api('GET', '/generate?route=demo&base=https://bots.example.org&kind=strategy')
    expect(answer).toMatchObject({
      status: 200,
      body: {
        url: 'https://bots.example.org/webhooks/tradingview/demo',
        pine: expect.stringContaining('//@version=6'),
      },
    })
    expect(await host.api('GET', '/generate?route=demo&base=ftp://x')).toMatchObject({ status: 400 })
  })
})

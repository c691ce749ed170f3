import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { agentFor } from './post-alert.ts'
import { type SimulationOptions, type SimulationReport, simulate } from './simulate.ts'
import { TRADINGVIEW_TIMES, triggerAlert } from './trigger.ts'

interface Received {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly at: number
}

interface Reply {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** A webhook that answers by `answer`; not at all where that returns nothing. */
async function startWebhook(
  answer: (request: Received, index: number) => Reply | undefined,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const entry = {
      method: request.method ?? '',
      headers: request.headers,
      body: await text(request),
      at: performance.now(),
    }
    const reply = answer(entry, received.push(entry) - 1)
    if (reply) response.writeHead(reply.status, reply.headers).end(JSON.stringify(reply.body ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/webhooks/tradingview/demo`, received }
}

/** As ours: a body that was seen before is a duplicate, one that is no JSON is refused. */
function guarded(): (request: Received) => Reply {
  const seen = new Set<string>()
  return ({ body }) => {
    if (seen.has(body)) return { status: 200, body: { duplicate: true, id: '1' } }
    seen.add(body)
    if (body.includes('NaN')) return { status: 422, body: { error: { code: 'UNREADABLE' } } }
    return { status: 202, body: { id: String(seen.size), status: 'stored' } }
  }
}

const run = (url: string, options: Partial<SimulationOptions> = {}): Promise<SimulationReport> =>
  simulate({ url, secret: 'a-long-enough-secret', speed: 100, ...options })

describe('one alert', () => {
  it('is a POST of JSON, as TradingView sends it', async () => {
    const { url, received } = await startWebhook(guarded())
    const report = await run(url)
    expect(report).toMatchObject({ isAsExpected: true, summary: { alerts: 1, posts: 1, statuses: { 202: 1 } } })
    expect(received[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Go-http-client/1.1' },
    })
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      secret: 'a-long-enough-secret',
      action: 'buy',
      amount: '0.01',
      price: 64123.45,
    })
  })

  it('that is no JSON is a text', async () => {
    const { url, received } = await startWebhook(guarded())
    await run(url, { template: '{{exchange}}:{{ticker}}, price = {{close}}' })
    expect(received[0]).toMatchObject({
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'BINANCE:BTCUSDT, price = 64123.45',
    })
  })

  it('never tells its secret in the report', async () => {
    const { url } = await startWebhook(guarded())
    expect(JSON.stringify(await run(url))).not.toContain('a-long-enough-secret')
  })

  it.each([
    [401, { error: { code: 'UNAUTHORIZED' } }],
    [307, {}],
    [200, { duplicate: true }],
  ])('answered with %i is sent once, and not what was expected', async (status, body) => {
    const { url, received } = await startWebhook(() => ({ status, body, headers: { location: '/elsewhere' } }))
    const report = await run(url)
    expect(report).toMatchObject({ isAsExpected: false, summary: { posts: 1, statuses: { [status]: 1 } } })
    expect(received).toHaveLength(1)
  })

  it('answered with 503 is sent again three times at most, after 5 s each', async () => {
    const { url, received } = await startWebhook(() => ({ status: 503 }))
    const report = await run(url)
    expect(report).toMatchObject({ isAsExpected: false, summary: { alerts: 1, posts: 4, statuses: { 503: 4 } } })
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
    for (let index = 1; index < 4; index++) {
      // 5 s, a hundred times as fast; timers may be 1 ms early.
      expect((received[index]?.at ?? 0) - (received[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(49)
    }
  })

  it('is as expected when one of the later times succeeds', async () => {
    const { url } = await startWebhook((_, index) => ({ status: index < 2 ? 503 : 202 }))
    expect(await run(url)).toMatchObject({ isAsExpected: true, summary: { posts: 3, statuses: { 202: 1, 503: 2 } } })
  })

  it('without an answer is cancelled after the limit, and not sent again', async () => {
    const { url, received } = await startWebhook(() => undefined)
    const agent = agentFor(new URL(url), 1)
    const times = { ...TRADINGVIEW_TIMES, limit: 50 }
    const alert = { url: new URL(url), body: '{}', contentType: 'application/json', agent }
    const answers = await triggerAlert({ ...alert, times, signal: new AbortController().signal })
    expect(answers).toEqual([{ kind: 'timeout', milliseconds: expect.any(Number) }])
    expect(received).toHaveLength(1)
    agent.destroy()
  })

  it('to a port that nobody listens on fails, with the reason', async () => {
    const report = await run('http://127.0.0.1:1/')
    expect(report).toMatchObject({ isAsExpected: false, summary: { failures: 1, statuses: {} } })
    expect(report.alerts[0]?.answers[0]).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
  })
})

describe('the scenario', () => {
  it('resend sends one body four times, and wants three duplicates', async () => {
    const { url, received } = await startWebhook(guarded())
    expect(await run(url, { scenario: 'resend' })).toMatchObject({
      isAsExpected: true,
      summary: { statuses: { 200: 3, 202: 1 } },
    })
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
    const { url: forgetful } = await startWebhook(() => ({ status: 202 }))
    const report = await run(forgetful, { scenario: 'resend' })
    expect(report.alerts.map(({ isAsExpected }) => isAsExpected)).toEqual([true, false, false, false])
  })

  it('nan sends NaN as a text, and wants an answer that says what became of it', async () => {
    const { url, received } = await startWebhook(guarded())
    expect(await run(url, { scenario: 'nan' })).toMatchObject({ isAsExpected: true, summary: { statuses: { 422: 1 } } })
    expect(received[0]).toMatchObject({
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: expect.stringContaining('"price": NaN'),
    })
    const { url: broken } = await startWebhook(() => ({ status: 500 }))
    expect(await run(broken, { scenario: 'nan' })).toMatchObject({ isAsExpected: false })
  })

  it('text sends JSON that is called a text', async () => {
    const { url, received } = await startWebhook(guarded())
    expect(await run(url, { scenario: 'text' })).toMatchObject({ isAsExpected: true })
    expect(received[0]?.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(() => JSON.parse(received[0]?.body ?? '')).not.toThrow()
  })

  it('burst sends different alerts, at most so many at once', async () => {
    const { url, received } = await startWebhook(guarded())
    const seen: string[] = []
    const onAlert = ({ name }: { name: string }): void => void seen.push(name)
    const report = await run(url, { scenario: 'burst', alerts: 40, concurrency: 4, onAlert })
    expect(report).toMatchObject({ isAsExpected: true, summary: { alerts: 40, statuses: { 202: 40 } } })
    expect(new Set(received.map(({ body }) => body)).size).toBe(40)
    expect(seen).toHaveLength(40)
    expect(report.summary.p99).toBeGreaterThanOrEqual(report.summary.p50 ?? Number.POSITIVE_INFINITY)
  })

  it('late sends an old time, and wants STALE', async () => {
    const { url, received } = await startWebhook(() => ({ status: 422, body: { error: { code: 'STALE' } } }))
    expect(await run(url, { scenario: 'late', delay: 600_000 })).toMatchObject({ isAsExpected: true })
    const { time } = JSON.parse(received[0]?.body ?? '') as { time: string }
    expect(Date.now() - Date.parse(time)).toBeGreaterThan(599_000)
    const { url: careless } = await startWebhook(() => ({ status: 202 }))
    expect(await run(careless, { scenario: 'late' })).toMatchObject({ isAsExpected: false })
  })

  it('fills sends two orders of one second', async () => {
    const { url, received } = await startWebhook(guarded())
    expect(await run(url, { scenario: 'fills' })).toMatchObject({
      isAsExpected: true,
      summary: { statuses: { 202: 2 } },
    })
    const fills = received.map(({ body }) => JSON.parse(body) as { id: string; time: string })
    expect(fills[0]?.time).toBe(fills[1]?.time)
    expect(fills[0]?.id).not.toBe(fills[1]?.id)
  })

  it.each([
    ['nan', '{"price": "{{close}}"}'],
    ['burst', '{"action": "buy"}'],
    ['fills', '{"action": "buy"}'],
    ['late', '{"action": "buy"}'],
  ] as const)('%s refuses a message that cannot show it', async (scenario, template) => {
    await expect(run('http://127.0.0.1:1/', { scenario, template })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

it.each(['ftp://127.0.0.1/', 'demo', 'http://ada:secret@127.0.0.1/'])('refuses %s', async (url) => {
  await expect(run(url)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
})

it('ends at once when its signal fires, also while it waits', async () => {
  const ending = new AbortController()
  const { url } = await startWebhook(() => {
    setImmediate(() => ending.abort(new Error('enough')))
    return { status: 503 }
  })
  await expect(run(url, { speed: 0.001, signal: ending.signal })).rejects.toThrow('enough')
})

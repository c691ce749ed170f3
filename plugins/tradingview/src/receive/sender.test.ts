import { describe, expect, it } from 'vitest'
import { route, SECRET, TestHost } from '../../test/host.ts'

const buy = (more: object = {}): object => ({ secret: SECRET, action: 'buy', amount: '0.01', ...more })

const oneRoute = (more: object = {}): object => ({ routes: { demo: route(more) } })

describe('whoever may not send', () => {
  it('learns that there is no such route, and nothing else', async () => {
    await using host = await TestHost.start({ config: oneRoute() })
    expect(await host.post('other', buy())).toEqual({ status: 404, body: { error: { code: 'UNKNOWN_ROUTE' } } })
    expect(host.metrics.values.get('alerts_total{-,UNKNOWN_ROUTE}')).toBe(1)
  })

  it.each([
    ['a wrong secret', { secret: 'x'.repeat(SECRET.length) }],
    ['none', { secret: undefined }],
    ['one that is no text', { secret: { a: SECRET } }],
    ['the beginning of it', { secret: SECRET.slice(0, -1) }],
  ])('gets the same 401 for %s, and leaves nothing behind', async (_, more) => {
    await using host = await TestHost.start({ config: oneRoute() })
    const answer = await host.post('demo', buy(more))
    expect(answer).toEqual({ status: 401, body: { error: { code: 'UNAUTHORIZED' } } })
    expect(await host.deadLetters()).toEqual([])
  })

  it('needs the secret in every alert of a batch', async () => {
    await using host = await TestHost.start({ config: oneRoute() })
    expect(await host.post('demo', [buy(), buy({ secret: 'wrong' })])).toMatchObject({ status: 401 })
  })

  it('may use an old secret and a new one while they change', async () => {
    const other = 'tR5n-8hJk-W3cV-6bNm'
    await using host = await TestHost.start({ config: oneRoute({ secrets: [SECRET, other] }) })
    expect(await host.post('demo', buy({ n: 1 }))).toMatchObject({ status: 202 })
    expect(await host.post('demo', buy({ n: 2, secret: other }))).toMatchObject({ status: 202 })
  })

  it('does not use up the rate of the route', async () => {
    await using host = await TestHost.start({ config: oneRoute({ rateLimit: 2 }) })
    for (let n = 0; n < 5; n++) await host.post('demo', buy({ secret: 'wrong', n }))
    expect(await host.post('demo', buy())).toMatchObject({ status: 202 })
  })

  it.each([
    ['52.89.214.238', 202],
    ['::ffff:34.212.75.30', 202],
    ['52.89.214.239', 403],
    ['10.1.2.3', 403],
  ])('is told from TradingView by the address %s: %i', async (address, status) => {
    const server = { trustProxy: '127.0.0.1' }
    await using host = await TestHost.start({ server, config: oneRoute() })
    const answer = await host.post('demo', buy(), { 'x-forwarded-for': address })
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.body).toEqual({ error: { code: 'FORBIDDEN' } })
  })

  it('cannot name an address of its own without a proxy that is trusted', async () => {
    await using host = await TestHost.start({ config: oneRoute({ addresses: 'tradingview' }) })
    const answer = await host.post('demo', buy(), { 'x-forwarded-for': '52.89.214.238' })
    expect(answer.status).toBe(403)
  })

  it('is let in from this machine where the route says nothing', async () => {
    await using host = await TestHost.start({ config: oneRoute() })
    expect(await host.post('demo', buy())).toMatchObject({ status: 202 })
  })

  it('is refused where a proxy on this machine that nobody trusts speaks for somebody', async () => {
    await using host = await TestHost.start({ config: oneRoute() })
    expect(await host.post('demo', buy(), { 'x-forwarded-for': '203.0.113.9' })).toMatchObject({ status: 403 })
    expect(await host.post('demo', buy(), { 'cf-connecting-ip': '203.0.113.9' })).toMatchObject({ status: 403 })
  })

  it.each([
    ['as nginx and Caddy write it', 'CN=TradingView Webhooks,O=TradingView\\, Inc.', {}, 202],
    ['of another', 'CN=TradingView Webhooks,O=Other', {}, 403],
    ['without a proxy', 'CN=TradingView Webhooks,O=TradingView\\, Inc.', { 'x-forwarded-for': '' }, 403],
    ['that is empty', '', {}, 403],
  ])('is told by the subject %s that a trusted proxy names', async (_, subject, more, status) => {
    const server = { trustProxy: '127.0.0.1' }
    const certificate = { header: 'X-Client-Subject' }
    await using host = await TestHost.start({ server, config: oneRoute({ certificate, addresses: 'any' }) })
    const headers = { 'x-client-subject': subject, 'x-forwarded-for': '52.89.214.238', ...more }
    expect((await host.post('demo', buy(), headers)).status).toBe(status)
  })

  it('cannot name a certificate of its own', async () => {
    const certificate = { header: 'X-Client-Subject' }
    await using host = await TestHost.start({ config: oneRoute({ certificate }) })
    const headers = {
      'x-client-subject': 'CN=TradingView Webhooks,O=TradingView\\, Inc.',
      'x-forwarded-for': '1.2.3.4',
    }
    expect((await host.post('demo', buy(), headers)).status).toBe(403)
  })

  it('is refused without a certificate where one is demanded', async () => {
    await using host = await TestHost.start({ config: oneRoute({ certificate: true }) })
    expect(await host.post('demo', buy())).toEqual({ status: 403, body: { error: { code: 'FORBIDDEN' } } })
  })
})

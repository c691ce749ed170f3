import { describe, expect, it, vi } from 'vitest'
import { eventsOf, route, SECRET, TestHost } from '../test/host.ts'

describe('an alert', () => {
  it('becomes an event of the bot', async () => {
    await using host = await TestHost.start({ config: { routes: { demo: route() } } })
    const events = await eventsOf(host, 'alpha')
    await host.heard('alpha')
    const answer = await host.post('demo', { secret: SECRET, action: 'buy', amount: '0.01' })
    expect(answer).toEqual({ status: 202, body: { id: expect.any(String), status: 'stored' } })
    await vi.waitFor(() =>
      expect(events).toMatchObject([
        { topic: 'hbot/alpha/external/event/order/market', data: { type: 'buy', amount: '0.01' } },
      ]),
    )
  })
})

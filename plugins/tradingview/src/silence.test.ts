import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { route, SECRET, TestHost } from '../test/host.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] }))
afterEach(() => vi.useRealTimers())

const warnings = (host: TestHost): number =>
  host.log.lines.filter(({ message }) => message.startsWith('no alert')).length

it('warns once when a route hears nothing for too long, and again only after it heard something', async () => {
  const config = { routes: { demo: route({ silence: 60, unavailable: 'publish' }), other: route() } }
  await using host = await TestHost.start({ config })
  const silent = (): unknown => host.metrics.values.get('silent{demo}')
  await vi.advanceTimersByTimeAsync(59_000)
  expect([warnings(host), silent()]).toEqual([0, 0])
  await vi.advanceTimersByTimeAsync(2_000)
  expect([warnings(host), silent()]).toEqual([1, 1])
  await vi.advanceTimersByTimeAsync(600_000)
  expect(warnings(host)).toBe(1)
  // A wrong secret is no alert.
  await host.post('demo', { secret: 'wrong', action: 'buy' })
  expect(silent()).toBe(1)
  await host.post('demo', { secret: SECRET, action: 'buy', amount: '1' })
  expect(silent()).toBe(0)
  await vi.advanceTimersByTimeAsync(30_000)
  await host.post('demo', { secret: SECRET, action: 'sell', amount: '1' })
  await vi.advanceTimersByTimeAsync(40_000)
  expect([warnings(host), silent()]).toEqual([1, 0])
  await vi.advanceTimersByTimeAsync(21_000)
  expect([warnings(host), silent()]).toEqual([2, 1])
})

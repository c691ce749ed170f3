import { BotbusError } from '@botbus/core'
import { describe, expect, it, vi } from 'vitest'
import { Probes } from './probes.ts'

describe('requests to one address', () => {
  it('ask for one acknowledgement at a time; the others leave at once and share its answer', async () => {
    const probes = new Probes()
    const { promise: answer, resolve } = Promise.withResolvers<void>()
    const ask = vi.fn(() => answer)
    const tell = vi.fn()
    const all = [1, 2, 3].map(() => probes.request('a', ask, tell))
    expect([ask.mock.calls.length, tell.mock.calls.length]).toEqual([1, 2])
    const other = probes.request('b', ask, tell)
    expect(ask).toHaveBeenCalledTimes(2)
    resolve()
    await Promise.all([...all, other])
    await probes.request('a', ask, tell)
    expect([ask.mock.calls.length, tell.mock.calls.length]).toEqual([3, 2])
  })

  it('know for certain that nobody was there only if they asked themselves', async () => {
    const probes = new Probes()
    const { promise: answer, reject } = Promise.withResolvers<void>()
    const results = [1, 2, 3].map(() => probes.request('a', () => answer, vi.fn()))
    const settled = Promise.allSettled(results)
    reject(new BotbusError('NO_RESPONDER', 'nobody', { outcome: 'not_sent' }))
    const reasons = (await settled).map((result) => (result as PromiseRejectedResult).reason as BotbusError)
    expect(reasons.map(({ code, outcome }) => `${code} ${outcome}`)).toEqual([
      'NO_RESPONDER not_sent',
      'NO_RESPONDER unknown',
      'NO_RESPONDER unknown',
    ])
    await expect(probes.request('a', () => Promise.resolve(), vi.fn())).resolves.toBeUndefined()
  })
})

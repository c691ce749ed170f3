import { BotbusError } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import type { Batch, Driver } from './driver.ts'
import { Outbox } from './outbox.ts'

interface Written {
  readonly batches: readonly Batch[]
  answer(failures?: (BotbusError | undefined)[]): void
}

function outbox(limit = 1_000_000) {
  const requests: Written[] = []
  const driver: Pick<Driver, 'produce'> = {
    produce: (batches) =>
      new Promise((resolve) => requests.push({ batches, answer: (failures = []) => resolve(failures) })),
  }
  const sizes = (): number[][] => requests.map(({ batches }) => batches.map(({ records }) => records.length))
  return { requests, sizes, outbox: new Outbox(driver as Driver, () => limit) }
}

const record = (value: string) => ({ key: 'k', value, headers: {} })
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('Outbox', () => {
  it('sends what comes within a tick together, a batch for each partition', async () => {
    const { outbox: out, requests, sizes } = outbox()
    const sent = [out.send('a', 0, record('1')), out.send('a', 1, record('2')), out.send('a', 0, record('3'))]
    await tick()
    expect(sizes()).toEqual([[2, 1]])
    requests[0]?.answer()
    await Promise.all(sent)
  })

  it('has one request under way: what comes meanwhile goes with the next one, in order', async () => {
    const { outbox: out, requests, sizes } = outbox()
    void out.send('a', 0, record('1'))
    await tick()
    const later = [out.send('a', 0, record('2')), out.send('a', 0, record('3'))]
    await tick()
    expect(sizes()).toEqual([[1]])
    requests[0]?.answer()
    await tick()
    expect(requests[1]?.batches[0]?.records.map(({ value }) => value)).toEqual(['2', '3'])
    requests[1]?.answer()
    await Promise.all(later)
    await out.drained()
  })

  it('makes no batch of several records larger than its topic takes', async () => {
    const { outbox: out, requests, sizes } = outbox(10_000)
    const sent = Array.from({ length: 5 }, () => out.send('a', 0, record('x'.repeat(4_000))))
    await tick()
    for (let index = 0; index < 3; index++) {
      requests[index]?.answer()
      await tick()
    }
    expect(sizes()).toEqual([[2], [2], [1]])
    await Promise.all(sent)
  })

  it('rejects the records of a refused batch, and no others', async () => {
    const { outbox: out, requests } = outbox()
    const sent = [out.send('a', 0, record('1')), out.send('a', 1, record('2'))]
    await tick()
    requests[0]?.answer([new BotbusError('INVALID_PAYLOAD', 'too large', { outcome: 'not_sent' }), undefined])
    await expect(sent[0]).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' })
    await sent[1]
  })

  it('rejects what had not left with `not_sent` when the link is lost, and what comes afterwards', async () => {
    const { outbox: out, requests } = outbox()
    const first = out.send('a', 0, record('1'))
    await tick()
    const waiting = out.send('a', 0, record('2'))
    const lost = new BotbusError('NOT_CONNECTED', 'lost')
    out.fail(lost)
    await expect(waiting).rejects.toMatchObject({ code: 'NOT_CONNECTED', outcome: 'not_sent' })
    await expect(out.send('a', 0, record('3'))).rejects.toMatchObject({ outcome: 'not_sent' })
    requests[0]?.answer([lost])
    await expect(first).rejects.toBe(lost)
    await out.drained()
  })

  it('bounds what waits', async () => {
    const { outbox: out } = outbox()
    const large = record('x'.repeat(8 * 1024 * 1024))
    const sent = Array.from({ length: 7 }, () => out.send('a', 0, large))
    await expect(out.send('a', 0, large)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED', outcome: 'not_sent' })
    out.fail(new BotbusError('CLOSED', 'closed'))
    for (const result of await Promise.allSettled(sent)) expect(result.status).toBe('rejected')
  })
})

import type { Acceptance } from '@botbus/plugin'
import { describe, expect, it } from 'vitest'
import { onEachDatabase } from './support/on-each-database.ts'
import { entry, execution, guard, HOUR } from './support/samples.ts'

const stored = (acceptance: Acceptance): Acceptance & { status: 'stored' } => {
  if (acceptance.status !== 'stored') throw new Error('it is a duplicate')
  return acceptance
}

describe('the inbox', () => {
  onEachDatabase((laboratory) => {
    it('keeps what it accepted, with its executions, as it was', async () => {
      const { inbox, executions } = (await laboratory.open()).forPlugin('tradingview')
      const content = { amount: '0.10', price: 1.5, deep: [{ text: 'ä🙂\u0000\ud800', none: null }], __proto__: 1 }
      const given = entry({ content, executions: [execution({ lane: 'a' }), execution({ lane: 'b', payload: [1] })] })
      const { id, executions: planned } = stored(await inbox.accept(given))
      const { guards: _guards, executions: _executions, ...kept } = given
      expect(await inbox.get(id)).toEqual({ ...kept, id })
      expect(await executions.list({ cause: id })).toMatchObject([
        { id: planned[1], cause: id, status: 'pending', lane: 'b', payload: [1] },
        { id: planned[0], cause: id, status: 'pending', lane: 'a', payload: { type: 'buy', amount: '0.1' } },
      ])
    })

    it('stores one of a hundred at once with one guard, and names it to the others', async () => {
      const { inbox, executions } = (await laboratory.open()).forPlugin('tradingview')
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => inbox.accept(entry({ guards: [guard('g')], executions: [execution()] }))),
      )
      const [first, ...more] = answers.filter(({ status }) => status === 'stored')
      expect(more).toEqual([])
      expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([first?.id]))
      expect(await inbox.list()).toHaveLength(1)
      expect(await executions.list()).toHaveLength(1)
    })

    it('stores one where two servers accept the same at once', async () => {
      const [one, other] = await Promise.all([laboratory.open(), laboratory.open()])
      const plugins = [one.forPlugin('tradingview'), other.forPlugin('tradingview')]
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          plugins[index % 2]?.inbox.accept(
            // In another order at each server.
            entry({
              guards: index % 2 ? [guard(`a${index >> 3}`), guard('b')] : [guard('b'), guard(`a${index >> 3}`)],
            }),
          ),
        ),
      )
      expect(answers.filter((answer) => answer?.status === 'stored')).toHaveLength(1)
      expect(await plugins[0]?.inbox.list()).toHaveLength(1)
    })

    it('writes nothing of a duplicate: none of its other guards, none of its executions', async () => {
      const { inbox, executions } = (await laboratory.open()).forPlugin('tradingview')
      const first = await inbox.accept(entry({ guards: [guard('held')] }))
      const second = await inbox.accept(entry({ guards: [guard('free'), guard('held')], executions: [execution()] }))
      expect(second).toEqual({ status: 'duplicate', id: first.id })
      expect(await executions.list()).toEqual([])
      expect(await inbox.accept(entry({ guards: [guard('free')] }))).toMatchObject({ status: 'stored' })
    })

    it('takes a guard over once it has run out', async () => {
      const { inbox } = (await laboratory.open({ retention: { interval: 0 } })).forPlugin('tradingview')
      const first = await inbox.accept(entry({ guards: [guard('g', Date.now() + 50)] }))
      const until = Date.now() + 60
      await expect.poll(() => Date.now(), { interval: 5 }).toBeGreaterThan(until)
      const second = await inbox.accept(entry({ guards: [guard('g')] }))
      expect(second.status).toBe('stored')
      expect(await inbox.accept(entry({ guards: [guard('g')] }))).toEqual({ status: 'duplicate', id: second.id })
      expect(first.id < second.id).toBe(true)
    })

    it('counts guards for one plugin only, and shows no plugin the rows of another', async () => {
      const store = await laboratory.open()
      const [one, other] = [store.forPlugin('one'), store.forPlugin('other')]
      const mine = stored(await one.inbox.accept(entry({ guards: [guard('g')], executions: [execution()] })))
      const theirs = stored(await other.inbox.accept(entry({ guards: [guard('g')] })))
      expect(await one.inbox.list()).toMatchObject([{ id: mine.id }])
      expect(await other.inbox.list()).toMatchObject([{ id: theirs.id }])
      expect(await other.inbox.get(mine.id)).toBeUndefined()
      const [id = ''] = mine.executions
      expect(await other.executions.get(id)).toBeUndefined()
      expect(await other.executions.list()).toEqual([])
      expect(await other.executions.open(['pending', 'sent'])).toEqual([])
      await expect(other.executions.begin(id)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      await expect(other.executions.end(id, { status: 'failed' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      expect(await one.executions.get(id)).toMatchObject({ status: 'pending' })
    })

    it('refuses more executions than may wait, and takes them again when some have ended', async () => {
      const store = await laboratory.open({ maxPending: 3 })
      const { inbox, executions } = store.forPlugin('tradingview')
      const two = entry({ executions: [execution(), execution()] })
      const answers = await Promise.allSettled([inbox.accept(two), inbox.accept(two), inbox.accept(entry())])
      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(answers[1]).toMatchObject({ reason: { code: 'RESOURCE_EXHAUSTED' } })
      await expect(inbox.accept(two)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' })
      expect(await store.forPlugin('other').inbox.accept(two)).toMatchObject({ status: 'stored' })
      const [waiting] = await executions.open(['pending'])
      await executions.begin(waiting?.id ?? '')
      expect(await inbox.accept(two)).toMatchObject({ status: 'stored' })
    })

    it('gives ids in the order of arrival, and lists from the newest on, page by page', async () => {
      const { inbox } = (await laboratory.open()).forPlugin('tradingview')
      const answers = await Promise.all(
        Array.from({ length: 1_201 }, (_, index) => inbox.accept(entry({ source: index % 2 ? 'odd' : 'even' }))),
      )
      const ids = answers.map(({ id }) => id)
      expect(ids.toSorted()).toEqual(ids)
      const newest = ids.toReversed()
      expect((await inbox.list()).map(({ id }) => id)).toEqual(newest.slice(0, 100))
      const page = await inbox.list({ limit: 1_000 })
      expect(page.map(({ id }) => id)).toEqual(newest.slice(0, 1_000))
      const rest = await inbox.list({ limit: 1_000, before: page.at(-1)?.id ?? '' })
      expect(rest.map(({ id }) => id)).toEqual(newest.slice(1_000))
      const odd = await inbox.list({ source: 'odd', limit: 3 })
      expect(odd.map(({ id }) => id)).toEqual([ids[1_199], ids[1_197], ids[1_195]])
      await expect(inbox.list({ limit: 1_001 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      await expect(inbox.list({ limit: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    })

    it('takes an entry with more executions and guards than a statement has parameters', async () => {
      const { inbox, executions } = (await laboratory.open()).forPlugin('tradingview')
      const many = Array.from({ length: 3_000 }, (_, index) => index)
      const given = entry({
        guards: many.map((index) => guard(`g${index}`)),
        executions: many.map((index) => execution({ payload: index })),
      })
      const { id } = stored(await inbox.accept(given))
      expect((await executions.open(['pending'])).map(({ payload }) => payload)).toEqual(many)
      const again = entry({ guards: [guard('other'), guard('g2999')] })
      expect(await inbox.accept(again)).toEqual({ status: 'duplicate', id })
    })

    it.each([
      ['a guard without a key', { guards: [guard('')] }, 'INVALID_ARGUMENT'],
      ['a key that is too long', { guards: [guard('x'.repeat(201))] }, 'INVALID_ARGUMENT'],
      ['a guard until NaN', { guards: [guard('g', Number.NaN)] }, 'INVALID_ARGUMENT'],
      ['an instant that is no whole number', { receivedAt: 1.5 }, 'INVALID_ARGUMENT'],
      ['an instant out of range', { executions: [execution({ expiresAt: 2 ** 60 })] }, 'INVALID_ARGUMENT'],
      ['content that is no JSON', { content: undefined as never }, 'INVALID_PAYLOAD'],
      ['a payload that cannot be JSON', { executions: [execution({ payload: 1n as never })] }, 'INVALID_PAYLOAD'],
    ])('refuses %s, and nothing else of that turn', async (_name, changes, code) => {
      const { inbox } = (await laboratory.open()).forPlugin('tradingview')
      const [good, bad] = await Promise.allSettled([inbox.accept(entry()), inbox.accept(entry(changes))])
      expect(good.status).toBe('fulfilled')
      expect(bad).toMatchObject({ status: 'rejected', reason: { code } })
      expect(await inbox.list()).toHaveLength(1)
    })

    it('lets a guard that has run out already hold nothing', async () => {
      const { inbox } = (await laboratory.open()).forPlugin('tradingview')
      const past = entry({ guards: [guard('g', Date.now() - HOUR)] })
      expect(await Promise.all([inbox.accept(past), inbox.accept(past)])).toMatchObject([
        { status: 'stored' },
        { status: 'stored' },
      ])
    })
  })
})

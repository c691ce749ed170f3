import type { PluginStore } from '@botbus/plugin'
import { describe, expect, it } from 'vitest'
import { onEachDatabase } from './support/on-each-database.ts'
import { entry, execution } from './support/samples.ts'

async function plan({ inbox }: PluginStore, count: number): Promise<readonly string[]> {
  const accepted = await inbox.accept(entry({ executions: Array.from({ length: count }, () => execution()) }))
  return accepted.status === 'stored' ? accepted.executions : []
}

describe('executions', () => {
  onEachDatabase((laboratory) => {
    it('go from pending to sent to their end, and tell when', async () => {
      const plugin = (await laboratory.open()).forPlugin('tradingview')
      const { executions } = plugin
      const [id = ''] = await plan(plugin, 1)
      const before = Date.now()
      await executions.begin(id)
      const sent = await executions.get(id)
      expect(sent).toMatchObject({ status: 'sent' })
      expect(sent?.sentAt).toBeGreaterThanOrEqual(before)
      expect(sent).not.toHaveProperty('endedAt')
      await executions.end(id, { status: 'failed', reply: { status: 400 }, reason: 'no such strategy' })
      const ended = await executions.get(id)
      expect(ended).toMatchObject({ status: 'failed', reply: { status: 400 }, reason: 'no such strategy' })
      expect(ended?.endedAt).toBeGreaterThanOrEqual(sent?.sentAt ?? Number.NaN)
    })

    it('tell a reply of null from none', async () => {
      const plugin = (await laboratory.open()).forPlugin('tradingview')
      const [one = '', other = ''] = await plan(plugin, 2)
      await plugin.executions.end(one, { status: 'succeeded', reply: null })
      await plugin.executions.end(other, { status: 'succeeded' })
      expect(await plugin.executions.get(one)).toHaveProperty('reply', null)
      expect(await plugin.executions.get(other)).not.toHaveProperty('reply')
    })

    it('begin once, also when it is asked for twice in one turn and by two servers', async () => {
      const [store, second] = await Promise.all([laboratory.open(), laboratory.open()])
      const plugin = store.forPlugin('tradingview')
      const { executions } = second.forPlugin('tradingview')
      const [id = ''] = await plan(plugin, 1)
      const attempts = [plugin.executions.begin(id), plugin.executions.begin(id), executions.begin(id)]
      const outcomes = await Promise.allSettled(attempts)
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'INVALID_ARGUMENT' })
      }
    })

    it('end once, from pending as well, and begin no more then', async () => {
      const plugin = (await laboratory.open()).forPlugin('tradingview')
      const { executions } = plugin
      const [id = '', other = ''] = await plan(plugin, 2)
      const outcomes = await Promise.allSettled([
        executions.end(id, { status: 'expired' }),
        executions.begin(other),
        executions.end(id, { status: 'succeeded' }),
        executions.begin(id),
        executions.end(other, { status: 'succeeded' }),
        executions.end('00000000000000000000000000', { status: 'failed' }),
      ])
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, false, true, false])
      expect(outcomes[5]).toMatchObject({ reason: { code: 'INVALID_ARGUMENT' } })
      expect(await executions.get(id)).toMatchObject({ status: 'expired' })
      expect(await executions.get(other)).toMatchObject({ status: 'succeeded' })
      const wrong = executions.end(id, { status: 'pending' as 'failed' })
      await expect(wrong).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    })

    it('are found by a start: oldest first, all of them, by status', async () => {
      const store = await laboratory.open()
      const plugin = store.forPlugin('tradingview')
      const ids = await plan(plugin, 1_500)
      const begun = ids.filter((_, index) => index % 3 === 0)
      const ended = ids.filter((_, index) => index % 3 === 1)
      await Promise.all(begun.map((id) => plugin.executions.begin(id)))
      await Promise.all(ended.map((id) => plugin.executions.end(id, { status: 'cancelled' })))
      await store.close()

      const { executions } = (await laboratory.open()).forPlugin('tradingview')
      const idsOf = async (statuses: ('pending' | 'sent')[]): Promise<string[]> =>
        (await executions.open(statuses)).map(({ id }) => id)
      expect(await idsOf(['sent'])).toEqual(begun)
      expect(await idsOf(['pending', 'sent'])).toEqual(ids.filter((id) => !ended.includes(id)))
      expect(await idsOf([])).toEqual([])
      expect(await executions.list({ status: 'cancelled', limit: 1_000 })).toHaveLength(500)
      const [newest, second] = ended.toReversed()
      expect(await executions.list({ status: 'cancelled', before: newest ?? '', limit: 1 })).toMatchObject([
        { id: second },
      ])
    })
  })
})

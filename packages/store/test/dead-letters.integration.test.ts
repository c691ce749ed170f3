import { describe, expect, it } from 'vitest'
import { onEachDatabase } from './support/on-each-database.ts'
import { deadLetter } from './support/samples.ts'

describe('dead letters', () => {
  onEachDatabase((laboratory) => {
    it('are kept as they were given, newest first, and found by source and code', async () => {
      const { deadLetters } = (await laboratory.open()).forPlugin('tradingview')
      const given = [
        deadLetter({ content: { symbol: 'BTCUSDT' }, cause: 'c', execution: 'e', code: 'EXPIRED' }),
        deadLetter({ source: 'other' }),
        deadLetter({ source: 'other', code: 'STALE', content: null }),
      ]
      const ids = await Promise.all(given.map((letter) => deadLetters.add(letter)))
      expect(await deadLetters.list()).toEqual(
        given.map((letter, index) => ({ ...letter, id: ids[index] })).toReversed(),
      )
      const found = async (options: Parameters<typeof deadLetters.list>[0]): Promise<string[]> =>
        (await deadLetters.list(options)).map(({ id }) => id)
      expect(await found({ source: 'other' })).toEqual([ids[2], ids[1]])
      expect(await found({ source: 'other', code: 'UNREADABLE' })).toEqual([ids[1]])
      expect(await found({ before: ids[2] ?? '', limit: 1 })).toEqual([ids[1]])
    })

    it('note what a replay made of them', async () => {
      const { deadLetters } = (await laboratory.open()).forPlugin('tradingview')
      const id = await deadLetters.add(deadLetter())
      expect(await deadLetters.get(id)).not.toHaveProperty('replayedAs')
      const before = Date.now()
      await deadLetters.markReplayed(id, 'entry')
      const replayed = await deadLetters.get(id)
      expect(replayed).toMatchObject({ replayedAs: 'entry' })
      expect(replayed?.replayedAt).toBeGreaterThanOrEqual(before)
      await expect(deadLetters.markReplayed('nobody', 'entry')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    })

    it('are removed, by their own plugin only', async () => {
      const store = await laboratory.open()
      const [mine, other] = [store.forPlugin('mine').deadLetters, store.forPlugin('other').deadLetters]
      const [id, kept] = await Promise.all([mine.add(deadLetter()), mine.add(deadLetter())])
      expect(await other.get(id)).toBeUndefined()
      expect(await other.list()).toEqual([])
      await expect(other.markReplayed(id, 'entry')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      await other.remove(id)
      expect(await mine.list()).toHaveLength(2)
      await mine.remove(id)
      await mine.remove(id)
      expect(await mine.list()).toMatchObject([{ id: kept }])
    })
  })
})

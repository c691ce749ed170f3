import { describe, expect, it } from 'vitest'
import { uniqueName } from '../support/test-broker.ts'
import { ALL_BROKERS } from './brokers.ts'
import { walk } from './walk.ts'

describe('one bot, one client, any broker', () => {
  it.each(ALL_BROKERS)('walks through every command and channel on $name', async ({ start }) => {
    await using broker = await start()
    await expect(walk(broker.url, uniqueName('bot'), uniqueName('swap'))).resolves.toBeUndefined()
  })
})

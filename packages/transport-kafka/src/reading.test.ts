import { describe, expect, it, vi } from 'vitest'
import type { Driver, PartitionOffset } from './driver.ts'
import { Reading } from './reading.ts'

const partition = { topic: 'botbus.messages', partition: 3 }

function readingFrom(resume: readonly PartitionOffset[]) {
  const add = vi.fn(async (_: readonly PartitionOffset[]) => undefined)
  const driver = {
    down: undefined,
    endOffsets: async () => [70],
    read: () => ({ add, remove: () => undefined, pause: () => undefined, positions: () => [], close: () => undefined }),
  }
  return { add, reading: new Reading(driver as unknown as Driver, () => undefined, resume) }
}

describe('Reading', () => {
  it('goes on where the session before was lost', async () => {
    const { add, reading } = readingFrom([{ ...partition, offset: 42 }])
    await reading.acquire([partition])
    expect(add.mock.calls).toEqual([[[{ ...partition, offset: 42 }]]])
  })

  it('begins at the end of what was not read before, once for all that want it', async () => {
    const { add, reading } = readingFrom([])
    await Promise.all([reading.acquire([partition]), reading.acquire([partition])])
    expect(add.mock.calls).toEqual([[[{ ...partition, offset: 70 }]]])
  })

  it('does not read what was released before it began', async () => {
    const { add, reading } = readingFrom([])
    const acquired = reading.acquire([partition])
    reading.release([partition])
    await acquired
    expect(add).not.toHaveBeenCalled()
  })
})

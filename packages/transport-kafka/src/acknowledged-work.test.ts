import { BotbusError, type Delivery } from '@botbus/core'
import { describe, expect, it, vi } from 'vitest'
import { AcknowledgedWork } from './acknowledged-work.ts'
import type { IncomingRecord, Membership, PartitionOffset } from './driver.ts'
import type { Worker } from './group-work.ts'

const source = { topic: 't', partition: 0 }

interface Handled {
  readonly topic: string
  done(): void
  keep(): void
  leave(): void
}

function group(limit: number) {
  const handled: Handled[] = []
  const committed: PartitionOffset[] = []
  const listener = ({ topic }: Delivery): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => reject(new BotbusError('CLOSED', 'the listener has left'))
      handled.push({ topic, done: resolve, keep: () => reject(new Error('kept')), leave })
    })
  const workers: Worker[] = [{ listener, limit, underWay: 0 }]
  const member = {
    commit: vi.fn(async (position: PartitionOffset) => committed.push(position) > 0),
    pause: vi.fn(),
    resume: vi.fn(),
  }
  const toDelivery = (_: unknown, { topic = '', value }: IncomingRecord): Delivery | undefined =>
    topic === 'other' ? undefined : { topic, payload: value, retained: false }
  const work = new AcknowledgedWork(() => workers, toDelivery)
  work.start(member as unknown as Membership)
  work.assigned({ ...source, offset: 10 })
  const receive = (...topics: string[]): void => {
    work.records(
      source,
      topics.map((topic, index) => ({ offset: 10 + index, value: Buffer.alloc(0), topic })),
    )
  }
  return { work, workers, listener, handled, committed, member, receive }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('AcknowledgedWork', () => {
  it('has no more under way than the limit', async () => {
    const { handled, receive } = group(2)
    receive('a', 'b', 'c')
    expect(handled.map(({ topic }) => topic)).toEqual(['a', 'b'])
    handled[1]?.done()
    await settled()
    expect(handled.map(({ topic }) => topic)).toEqual(['a', 'b', 'c'])
  })

  it('acknowledges up to the first that is not finished', async () => {
    const { handled, committed, receive } = group(3)
    receive('a', 'b', 'c')
    handled[2]?.done()
    handled[1]?.done()
    await settled()
    expect(committed).toEqual([])
    handled[0]?.done()
    await settled()
    expect(committed.at(-1)).toEqual({ ...source, offset: 13 })
  })

  it('passes over what is not for the group', async () => {
    const { handled, committed, receive } = group(3)
    receive('other', 'a', 'other')
    handled[0]?.done()
    await settled()
    expect(handled).toHaveLength(1)
    expect(committed.at(-1)).toEqual({ ...source, offset: 13 })
  })

  it('keeps what a listener wants kept, and everything behind it', async () => {
    const { handled, committed, member, receive } = group(1)
    receive('a', 'b', 'c')
    handled[0]?.done()
    await settled()
    handled[1]?.keep()
    await settled()
    expect(handled).toHaveLength(2)
    expect(member.pause).toHaveBeenCalledWith(source)
    expect(committed).toEqual([{ ...source, offset: 11 }])
  })

  it('acknowledges nothing of a partition that went to another member', async () => {
    const { work, handled, committed, receive } = group(1)
    receive('a')
    work.revoked(source)
    handled[0]?.done()
    await settled()
    expect(committed).toEqual([])
  })

  it('does not read a partition of which too much waits', async () => {
    const { member, handled, receive } = group(1)
    receive(...Array<string>(400).fill('a'))
    expect(member.pause).toHaveBeenCalledOnce()
    for (let index = 0; index < 400; index++) {
      handled[index]?.done()
      await settled()
    }
    expect(member.resume).toHaveBeenCalledOnce()
  })

  it('begins no more of a partition when too much is finished behind one that is not', async () => {
    const { handled, committed, receive } = group(2)
    receive('a', ...Array<string>(20_000).fill('other'), 'b')
    expect(handled.map(({ topic }) => topic)).toEqual(['a'])
    handled[0]?.done()
    await settled()
    expect(handled.map(({ topic }) => topic)).toEqual(['a', 'b'])
    expect(committed.at(-1)).toEqual({ ...source, offset: 20_011 })
  })

  it('is stopped when what was under way is finished and acknowledged', async () => {
    const { work, handled, committed, receive } = group(1)
    receive('a', 'b')
    const stopped = work.stop()
    handled[0]?.done()
    await stopped
    expect(handled).toHaveLength(1)
    expect(committed).toEqual([{ ...source, offset: 11 }])
  })

  it('gives to another listener what one that leaves has not finished, and acknowledges no further until then', async () => {
    const { work, workers, listener, handled, committed, receive } = group(2)
    receive('a', 'b', 'c')
    handled[0]?.leave()
    handled[1]?.leave()
    await settled()
    expect(handled.map(({ topic }) => topic)).toEqual(['a', 'b'])
    workers.push({ listener, limit: 2, underWay: 0 })
    work.workersChanged()
    expect(handled.map(({ topic }) => topic)).toEqual(['a', 'b', 'a', 'b'])
    handled[3]?.done()
    await settled()
    expect(committed).toEqual([])
    handled[2]?.done()
    await settled()
    expect(committed).toEqual([{ ...source, offset: 12 }])
    expect(handled.map(({ topic }) => topic)).toEqual(['a', 'b', 'a', 'b', 'c'])
  })
})

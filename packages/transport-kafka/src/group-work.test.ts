import { describe, expect, it, vi } from 'vitest'
import type { Membership } from './driver.ts'
import { HandOver } from './group-work.ts'

const source = { topic: 't', partition: 0 }

function handOver() {
  const handed: string[] = []
  const commits: PromiseWithResolvers<boolean>[] = []
  const member = {
    commit: vi.fn(() => {
      const commit = Promise.withResolvers<boolean>()
      commits.push(commit)
      return commit.promise
    }),
    pause: vi.fn(),
    resume: vi.fn(),
  }
  const worker = { listener: ({ topic }: { topic: string }) => void handed.push(topic), limit: undefined, underWay: 0 }
  const work = new HandOver(
    () => [worker],
    (_, { topic = '', value }) => ({ topic, payload: value, retained: false }),
  )
  work.start(member as unknown as Membership)
  work.assigned({ ...source, offset: 0 })
  const receive = (first: number, ...topics: string[]): void => {
    const toRecord = (topic: string, index: number) => ({ offset: first + index, value: Buffer.alloc(0), topic })
    work.records(source, topics.map(toRecord))
  }
  const answer = async (index: number, isOurs: boolean): Promise<void> => {
    commits[index]?.resolve(isOurs)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { work, handed, member, receive, answer }
}

describe('HandOver', () => {
  it('hands over what the position is behind, and nothing before', async () => {
    const { handed, member, receive, answer } = handOver()
    receive(0, 'a', 'b')
    expect(handed).toEqual([])
    expect(member.commit).toHaveBeenCalledWith({ ...source, offset: 2 })
    await answer(0, true)
    expect(handed).toEqual(['a', 'b'])
  })

  it('hands over nothing of an earlier share when the partition comes back', async () => {
    const { work, handed, member, receive, answer } = handOver()
    receive(0, 'a')
    receive(1, 'b')
    work.revoked(source)
    work.assigned({ ...source, offset: 0 })
    await answer(0, false)
    expect(handed).toEqual([])
    expect(member.commit).toHaveBeenCalledOnce()
    receive(0, 'a')
    await answer(1, true)
    expect(handed).toEqual(['a'])
  })

  it('does not read a partition of which too much waits', async () => {
    const { handed, member, receive, answer } = handOver()
    receive(0, 'a')
    receive(1, ...Array<string>(2_000).fill('b'))
    expect(member.pause).toHaveBeenCalledExactlyOnceWith(source)
    await answer(0, true)
    expect(member.resume).toHaveBeenCalledExactlyOnceWith(source)
    await answer(1, true)
    expect(handed).toHaveLength(2_001)
  })
})

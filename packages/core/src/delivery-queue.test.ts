import { describe, expect, it } from 'vitest'
import { DeliveryQueue, MAX_WAITING_BYTES, type QueueOptions } from './delivery-queue.ts'

const options = (overrides: Partial<QueueOptions> = {}): QueueOptions => ({
  concurrency: 1,
  capacity: 1_024,
  overflow: 'drop-oldest',
  ...overrides,
})

const noDefect = (error: unknown): never => {
  throw error
}

/** A handler whose runs end when the test says so. */
function gates<Item>(): { started: Item[]; release: () => void; handler: (item: Item) => Promise<void>; most: number } {
  const waiting: (() => void)[] = []
  let running = 0
  const state = {
    started: [] as Item[],
    most: 0,
    release: () => waiting.shift()?.(),
    handler: async (item: Item) => {
      state.started.push(item)
      state.most = Math.max(state.most, ++running)
      await new Promise<void>((resolve) => waiting.push(resolve))
      running--
    },
  }
  return state
}

describe('DeliveryQueue', () => {
  it('lets no more bytes wait than the memory can hold, and takes more when some have gone', async () => {
    const { release, handler } = gates<number>()
    const queue = new DeliveryQueue(options({ capacity: 3 }), handler, noDefect, (bytes) => bytes)
    const half = MAX_WAITING_BYTES / 2
    for (const item of [MAX_WAITING_BYTES * 2, half, half]) expect(queue.push(item)).toBeUndefined()
    expect(queue.push(1)).toBe(1)
    release()
    await expect.poll(() => queue.size).toBe(1)
    expect(queue.push(half)).toBeUndefined()
    expect(queue.push(1)).toBe(1)
  })

  it('runs items in order, one after the other', async () => {
    const { started, release, handler } = gates<number>()
    const queue = new DeliveryQueue(options(), handler, noDefect)
    for (const item of [1, 2, 3]) queue.push(item)
    expect(started).toEqual([1])
    expect(queue.size).toBe(2)
    for (const expected of [2, 3]) {
      release()
      await expect.poll(() => started.at(-1)).toBe(expected)
    }
    release()
    await queue.idle()
    expect(started).toEqual([1, 2, 3])
  })

  it('never runs more than its concurrency', async () => {
    const gate = gates<number>()
    const queue = new DeliveryQueue(options({ concurrency: 3 }), gate.handler, noDefect)
    for (let i = 0; i < 10; i++) queue.push(i)
    expect(gate.started).toHaveLength(3)
    const idle = queue.idle()
    for (let i = 0; i < 10; i++) {
      gate.release()
      await expect.poll(() => gate.started.length).toBeGreaterThanOrEqual(Math.min(10, i + 4))
    }
    await idle
    expect(gate.most).toBe(3)
    expect(gate.started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('drops the oldest that waits, or the newest, and says which', () => {
    const oldest = new DeliveryQueue<number>(options({ capacity: 2 }), gates<number>().handler, noDefect)
    expect([1, 2, 3, 4, 5].map((item) => oldest.push(item))).toEqual([undefined, undefined, undefined, 2, 3])
    const newest = new DeliveryQueue<number>(
      options({ capacity: 2, overflow: 'drop-newest' }),
      gates<number>().handler,
      noDefect,
    )
    expect([1, 2, 3, 4, 5].map((item) => newest.push(item))).toEqual([undefined, undefined, undefined, 4, 5])
  })

  it('holds nothing with capacity 0', () => {
    const { started, handler } = gates<number>()
    const queue = new DeliveryQueue<number>(options({ capacity: 0 }), handler, noDefect)
    expect([1, 2].map((item) => queue.push(item))).toEqual([undefined, 2])
    expect(started).toEqual([1])
  })

  it('runs 100,000 waiting items without promises on one stack frame', async () => {
    let count = 0
    let release: (() => void) | undefined
    const first = new Promise<void>((resolve) => {
      release = resolve
    })
    const queue = new DeliveryQueue<number>(
      options({ capacity: 200_000 }),
      (item) => (item === 0 ? first : void count++),
      noDefect,
    )
    for (let i = 0; i <= 100_000; i++) queue.push(i)
    expect(count).toBe(0)
    release?.()
    await queue.idle()
    expect(count).toBe(100_000)
  })

  it('runs what a handler pushes, after it', () => {
    const seen: number[] = []
    const queue: DeliveryQueue<number> = new DeliveryQueue(
      options(),
      (item) => {
        if (item < 3) queue.push(item + 1)
        seen.push(item)
      },
      noDefect,
    )
    queue.push(1)
    expect(seen).toEqual([1, 2, 3])
  })

  it('tells of a handler that throws or rejects, and goes on', async () => {
    const defects: unknown[] = []
    const done: string[] = []
    const queue = new DeliveryQueue<string>(
      options(),
      (item) => {
        if (item === 'throws') throw new Error(item)
        if (item === 'rejects') return Promise.reject(new Error(item))
        return void done.push(item)
      },
      (error) => defects.push(error),
    )
    for (const item of ['throws', 'a', 'rejects', 'b']) queue.push(item)
    await queue.idle()
    expect(done).toEqual(['a', 'b'])
    expect(defects).toEqual([new Error('throws'), new Error('rejects')])
  })

  it('starts nothing after close, and is idle when what ran has ended', async () => {
    const { started, release, handler } = gates<number>()
    const queue = new DeliveryQueue(options(), handler, noDefect)
    for (const item of [1, 2]) queue.push(item)
    expect(queue.close()).toEqual([2])
    expect(queue.push(3)).toBeUndefined()
    let isIdle = false
    const idle = queue.idle().then(() => {
      isIdle = true
    })
    await Promise.resolve()
    expect(isIdle).toBe(false)
    release()
    await idle
    await queue.idle()
    expect(started).toEqual([1])
    expect(queue.size).toBe(0)
  })

  it.each([
    { concurrency: 0 },
    { concurrency: Number.NaN },
    { concurrency: -1 },
    { capacity: -1 },
    { capacity: Number.NaN },
  ])('refuses %j', (wrong) => {
    expect(() => new DeliveryQueue(options(wrong), noDefect, noDefect)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    )
  })
})

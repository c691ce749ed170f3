import { describe, expect, it, vi } from 'vitest'
import { BotbusError } from './errors.ts'
import { type MessageSource, MessageStream } from './message-stream.ts'
import type { Message, MessageListener, Subscription } from './subscription.ts'

const message = (data: number): Message<number> => ({ topic: `t/${data}`, data, params: {}, retained: false, bytes: 1 })

/** A source that the test feeds. */
function source(overrides: Partial<MessageSource<number>> = {}): MessageSource<number> & {
  push: (...data: number[]) => void
  end: () => void
  close: ReturnType<typeof vi.fn>
  overflowed: string[]
} {
  let listener: MessageListener<number> = () => undefined
  let onClose = (): void => undefined
  const close = vi.fn(async () => undefined)
  const overflowed: string[] = []
  return {
    capacity: 3,
    overflow: 'drop-oldest',
    open: async (nextListener, nextOnClose) => {
      listener = nextListener
      onClose = nextOnClose
      return { close, dropped: 5 } as unknown as Subscription
    },
    onOverflow: (topic) => overflowed.push(topic),
    ...overrides,
    push: (...data) => {
      for (const item of data) listener(message(item))
    },
    end: () => onClose(),
    close,
    overflowed,
  }
}

const done = { done: true, value: undefined }

describe('MessageStream', () => {
  it('hands out what waits, then what comes, in order, to several readers', async () => {
    const from = source()
    const stream = new MessageStream(from)
    await stream.ready
    from.push(1)
    const results = [stream.next(), stream.next(), stream.next()]
    from.push(2, 3)
    expect((await Promise.all(results)).map(({ value }) => value?.data)).toEqual([1, 2, 3])
  })

  it('keeps what came before anybody read', async () => {
    const from = source()
    const stream = new MessageStream(from)
    from.push(1)
    expect(await stream.next()).toEqual({ done: false, value: message(1) })
  })

  it('drops the oldest when too many bytes wait, but never the only one', async () => {
    let listener: MessageListener<number> = () => undefined
    const open: MessageSource<number>['open'] = async (next) => {
      listener = next
      return { close: async () => undefined, dropped: 0 } as unknown as Subscription
    }
    const stream = new MessageStream({ ...source(), open })
    for (const data of [1, 2, 3]) listener({ ...message(data), bytes: 40 * 1024 * 1024 })
    expect(stream.dropped).toBe(2)
    expect((await stream.next()).value?.data).toBe(3)
    for (const data of [4, 5]) listener({ ...message(data), bytes: 30 * 1024 * 1024 })
    expect(stream.dropped).toBe(2)
  })

  it('drops the oldest when full, and counts', async () => {
    const from = source()
    const stream = new MessageStream(from)
    await stream.ready
    from.push(1, 2, 3, 4, 5)
    expect(from.overflowed).toEqual(['t/1', 't/2'])
    // The subscription below counts 5 of its own.
    expect(stream.dropped).toBe(7)
    expect((await stream.next()).value?.data).toBe(3)
  })

  it('drops the newest when full, if asked for', async () => {
    const from = source({ overflow: 'drop-newest' })
    const stream = new MessageStream(from)
    from.push(1, 2, 3, 4)
    expect(from.overflowed).toEqual(['t/4'])
    expect((await stream.next()).value?.data).toBe(1)
  })

  it('with capacity 0 hands out only what a reader waits for', async () => {
    const from = source({ capacity: 0 })
    const stream = new MessageStream(from)
    from.push(1)
    const next = stream.next()
    from.push(2)
    expect((await next).value?.data).toBe(2)
    expect(from.overflowed).toEqual(['t/1'])
  })

  it('ends without an error when its subscription closes, after what had come', async () => {
    const from = source()
    const stream = new MessageStream(from)
    const waiting = [stream.next(), stream.next()]
    from.push(1)
    from.push(2)
    from.push(3)
    from.end()
    from.push(4)
    await Promise.all(waiting)
    expect((await stream.next()).value?.data).toBe(3)
    expect(await stream.next()).toEqual(done)
    expect(await stream.next()).toEqual(done)
  })

  it('wakes its readers when it ends', async () => {
    const from = source()
    const stream = new MessageStream(from)
    const waiting = [stream.next(), stream.next()]
    from.end()
    expect(await Promise.all(waiting)).toEqual([done, done])
  })

  it('closes the subscription when the loop is left', async () => {
    const from = source()
    const stream = new MessageStream(from)
    from.push(1, 2)
    for await (const { data } of stream) {
      expect(data).toBe(1)
      break
    }
    expect(from.close).toHaveBeenCalledOnce()
    expect(await stream.next()).toEqual(done)
  })

  it('closes a subscription that was acknowledged only after close was called', async () => {
    const { promise, resolve } = Promise.withResolvers<Subscription>()
    const stream = new MessageStream(source({ open: () => promise }))
    const closing = stream[Symbol.asyncDispose]()
    const close = vi.fn(async () => undefined)
    resolve({ close } as unknown as Subscription)
    await closing
    expect(close).toHaveBeenCalledOnce()
  })

  it('rejects ready and every next() when the subscription is refused, waiting ones too', async () => {
    const refused = new BotbusError('UNAUTHORIZED', 'no')
    const stream = new MessageStream(source({ open: () => Promise.reject(refused) }))
    const waiting = stream.next()
    await expect(stream.ready).rejects.toBe(refused)
    await expect(waiting).rejects.toBe(refused)
    await expect(stream.next()).rejects.toBe(refused)
    await stream.close()
    expect(await stream.next()).toEqual(done)
  })

  it('ends without an error when its own signal cancelled it', async () => {
    const stream = new MessageStream(source({ open: () => Promise.reject(new BotbusError('CANCELLED', 'x')) }))
    expect(await stream.next()).toEqual(done)
    await expect(stream.ready).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

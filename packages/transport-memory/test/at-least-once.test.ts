import { type BusEvent, connectBus, type DeadLetter, type Delivery, type Transport } from '@botbus/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MemoryBroker, memory } from '../src/index.ts'
import { altered } from './party.ts'

async function setUp(broker = new MemoryBroker()) {
  const events: BusEvent[] = []
  const bus = await connectBus(memory({ broker }), { hooks: { observe: (event) => void events.push(event) } })
  onTestFinished(() => bus.close({ grace: 0 }))
  const reasons = (): string[] => events.flatMap((event) => (event.type === 'dropped' ? [event.reason] : []))
  return { broker, bus, events, reasons }
}

/** The transport, and the promises that its listeners have returned. */
function recording(transport: Transport): { transport: Transport; accepted: (void | Promise<void>)[] } {
  const accepted: (void | Promise<void>)[] = []
  const subscribe = transport.subscribe.bind(transport)
  transport.subscribe = (pattern, listener, options) => {
    const record = (delivery: Delivery): Promise<void> => {
      const promise = Promise.resolve(listener(delivery))
      accepted.push(promise)
      return promise
    }
    return subscribe(pattern, record, options)
  }
  return { transport, accepted }
}

describe('a subscription that acknowledges', () => {
  it('gets a message again that its listener failed on, then the next one, in order', async () => {
    const { bus } = await setUp()
    const seen: unknown[] = []
    const listener = ({ data }: { data: unknown }): void => {
      seen.push(data)
      if (seen.length < 3) throw new Error('not yet')
    }
    await bus.subscribe('t', listener, { group: 'g', atLeastOnce: { retryDelay: 1 } })
    for (const data of ['a', 'b']) await bus.publish('t', data, { qos: 1 })
    await vi.waitFor(() => expect(seen).toEqual(['a', 'a', 'a', 'b']))
  })

  it('hands what it gives up, or cannot read, to the dead letter hook, and goes on', async () => {
    const { bus, broker, reasons } = await setUp()
    const letters: DeadLetter[] = []
    const good = vi.fn()
    const listener = vi.fn(({ data }: { data: unknown }) => {
      if (data === 'bad') throw new Error('never')
      good(data)
    })
    const options = { attempts: 3, retryDelay: 1, deadLetter: (letter: DeadLetter) => letters.push(letter) }
    await bus.subscribe('t', listener, { group: 'g', atLeastOnce: options })
    await bus.publish('t', 'bad', { qos: 1 })
    broker.publish({ topic: 't', payload: Buffer.from('{'), retained: false })
    await bus.publish('t', 'good', { qos: 1 })
    await vi.waitFor(() => expect(good).toHaveBeenCalledWith('good'))
    expect(letters).toMatchObject([
      { topic: 't', attempts: 3, error: expect.objectContaining({ message: 'never' }) },
      { topic: 't', attempts: 0, error: expect.objectContaining({ code: 'INVALID_PAYLOAD' }) },
    ])
    expect(Buffer.from(letters[0]?.payload ?? '').toString()).toBe('"bad"')
    expect(reasons()).toEqual(['dead_letter', 'invalid'])
  })

  it('leaves a message with the broker when the dead letter hook fails, and reports it', async () => {
    const { bus, events, broker, reasons } = await setUp()
    const listener = (): never => {
      throw new Error('never')
    }
    const deadLetter = vi.fn(() => Promise.reject(new Error('the disk is full')))
    await bus.subscribe('t', listener, { group: 'g', atLeastOnce: { attempts: 1, deadLetter } })
    await bus.publish('t', 'kept', { qos: 1 })
    await vi.waitFor(() => expect(events).toContainEqual(expect.objectContaining({ type: 'problem' })))
    broker.stop()
    broker.start()
    await vi.waitFor(() => expect(deadLetter).toHaveBeenCalledTimes(2))
    expect(reasons()).toEqual([])
  })

  it('is kept messages for while nobody is there, and across a restart of the broker', async () => {
    const { bus, broker } = await setUp()
    const first = await bus.subscribe('t', () => undefined, { group: 'g', atLeastOnce: true })
    await first.close()
    await bus.publish('t', 1, { qos: 1 })
    broker.stop()
    broker.start()
    await bus.publish('t', 2, { qos: 1 })
    const seen: unknown[] = []
    await bus.subscribe('t', ({ data }) => seen.push(data), { group: 'g', atLeastOnce: true })
    await vi.waitFor(() => expect(seen).toEqual([1, 2]))
  })

  it('leaves what waits, also for another attempt, to other members when it is closed', async () => {
    const { bus, broker } = await setUp()
    const other = await setUp(broker)
    const failing = vi.fn(() => {
      throw new Error('not here')
    })
    const first = await bus.subscribe('t', failing, { group: 'g', atLeastOnce: { retryDelay: 60_000 } })
    for (let n = 0; n < 3; n++) await bus.publish('t', n, { qos: 1 })
    await vi.waitFor(() => expect(failing).toHaveBeenCalledOnce())
    await first.close()
    const seen: unknown[] = []
    await other.bus.subscribe('t', ({ data }) => seen.push(data), { group: 'g', atLeastOnce: true })
    await vi.waitFor(() => expect(seen).toEqual([0, 1, 2]))
  })

  it('leaves what waits to the broker at once when it is closed, also while its listener runs', async () => {
    const { transport, accepted } = recording(memory({ broker: new MemoryBroker() }))
    const bus = await connectBus(transport)
    onTestFinished(() => bus.close({ grace: 0 }))
    const running = Promise.withResolvers<void>()
    const listener = vi.fn(() => running.promise)
    const subscription = await bus.subscribe('t', listener, { group: 'g', atLeastOnce: true })
    for (let n = 0; n < 3; n++) await bus.publish('t', n, { qos: 1 })
    await vi.waitFor(() => expect(accepted).toHaveLength(3))
    await subscription.close()
    await expect(accepted[1]).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(accepted[2]).rejects.toMatchObject({ code: 'CLOSED' })
    running.resolve()
    await expect(accepted[0]).resolves.toBeUndefined()
    expect(listener).toHaveBeenCalledOnce()
  })

  it('waits before another attempt no longer than a timer can', async () => {
    const { bus } = await setUp()
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    onTestFinished(() => warned.mockRestore())
    const listener = vi.fn(() => {
      throw new Error('never')
    })
    const deadLetter = vi.fn()
    await bus.subscribe('t', listener, { group: 'g', atLeastOnce: { retryDelay: 2 ** 31, attempts: 2, deadLetter } })
    await bus.publish('t', 1, { qos: 1 })
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce())
    // A timer that overflows fires after 1 ms, and Node warns when it is made.
    await new Promise(setImmediate)
    expect(warned).not.toHaveBeenCalled()
    expect(deadLetter).not.toHaveBeenCalled()
  })

  it('never has more messages under way than it asked for', async () => {
    const { bus } = await setUp()
    let running = 0
    let most = 0
    let done = 0
    const listener = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      running--
      done++
    }
    await bus.subscribe('t', listener, { group: 'g', atLeastOnce: true, concurrency: 4, capacity: 2 })
    await Promise.all(Array.from({ length: 200 }, (_, n) => bus.publish('t', n, { qos: 1 })))
    await vi.waitFor(() => expect(done).toBe(200))
    expect(most).toBe(4)
  })

  it('does not end the process when the transport looks at no acknowledgement', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    const own = memory({ broker: new MemoryBroker() })
    const careless = altered(own, {
      subscribe: (pattern, listener, options) => own.subscribe(pattern, (item) => void listener(item), options),
    })
    const bus = await connectBus(careless)
    const listener = vi.fn(() => new Promise(() => undefined))
    const subscription = await bus.subscribe('t', listener, { group: 'g', atLeastOnce: true })
    for (const data of ['runs', 'waits']) await bus.publish('t', data, { qos: 1 })
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce())
    await subscription.close()
    await new Promise(setImmediate)
    expect(unhandled).not.toHaveBeenCalled()
    await bus.close({ grace: 0 })
  })

  it.each([
    ['a group is missing', { atLeastOnce: true }, 'INVALID_ARGUMENT'],
    ['the attempts are none', { group: 'g', atLeastOnce: { attempts: 0 } }, 'INVALID_ARGUMENT'],
    ['the delay is negative', { group: 'g', atLeastOnce: { retryDelay: -1 } }, 'INVALID_ARGUMENT'],
  ])('is refused when %s', async (_, options, code) => {
    const { bus } = await setUp()
    await expect(bus.subscribe('t', () => undefined, options)).rejects.toMatchObject({ code })
  })
})

it('a caller that gives up is known to the handler by its signal', async () => {
  const { bus } = await setUp()
  const aborted = vi.fn()
  const running = Promise.withResolvers<void>()
  await bus.serve('work', (_, context) => {
    context.signal.addEventListener('abort', () => aborted(context.signal.reason.code))
    running.resolve()
    return new Promise(() => undefined)
  })
  const controller = new AbortController()
  const call = bus.call('work', {}, { signal: controller.signal })
  await running.promise
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'CANCELLED', outcome: 'unknown' })
  await vi.waitFor(() => expect(aborted).toHaveBeenCalledWith('CANCELLED'))
})

import { type Bus, type BusEvent, type BusOptions, connectBus, type DropReason, type Transport } from '@botbus/core'
import { onTestFinished } from 'vitest'
import { type MemoryOptions, memory } from '../src/memory.ts'

/** A bus, and what it told its observer. */
export interface Party {
  readonly bus: Bus
  readonly events: BusEvent[]
  /** The reasons of what it dropped, in order. */
  drops(): DropReason[]
}

/** Opens a bus and closes it with the test. */
export async function party(transport: MemoryOptions | Transport, options: BusOptions = {}): Promise<Party> {
  const events: BusEvent[] = []
  const hooks = { ...options.hooks, observe: (event: BusEvent) => void events.push(event) }
  const bus = await connectBus('connect' in transport ? transport : memory(transport), { ...options, hooks })
  onTestFinished(() => bus.close({ grace: 0 }))
  return { bus, events, drops: () => events.flatMap((event) => (event.type === 'dropped' ? [event.reason] : [])) }
}

/** A transport that does something else in places. */
export function altered(transport: Transport, changes: Partial<Transport>): Transport {
  return {
    name: transport.name,
    capabilities: transport.capabilities,
    connect: (options) => transport.connect(options),
    close: () => transport.close(),
    publish: (...all) => transport.publish(...all),
    subscribe: (...all) => transport.subscribe(...all),
    replyAddress: (...all) => transport.replyAddress(...all),
    request: (...all) => transport.request(...all),
    serve: (...all) => transport.serve(...all),
    reply: (...all) => transport.reply(...all),
    ...changes,
  }
}

/** Something that a test opens when it wants to. */
export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** What a promise rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const value = await promise.then(
    () => ({ resolved: true }),
    (error: unknown) => ({ resolved: false, error }),
  )
  if ('error' in value) return value.error
  throw new Error('it resolved')
}

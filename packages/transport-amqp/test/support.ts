import { type Bus, type BusEvent, type BusOptions, connectBus } from '@botbus/core'
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { type AmqpOptions, amqp } from '../src/index.ts'

export interface RecordingBus extends AsyncDisposable {
  readonly bus: Bus
  readonly observed: BusEvent[]
  /** Codes of the problems so far. */
  problems(): string[]
}

/** A bus that records what it observes, and closes with its block. */
export async function open(options: AmqpOptions, busOptions: BusOptions = {}): Promise<RecordingBus> {
  const observed: BusEvent[] = []
  const hooks = { observe: (event: BusEvent) => void observed.push(event) }
  const bus = await connectBus(amqp(options), { hooks, ...busOptions })
  return {
    bus,
    observed,
    problems: () => observed.flatMap((event) => (event.type === 'problem' ? [event.error.code] : [])),
    [Symbol.asyncDispose]: () => bus.close(),
  }
}

/** Resolves at the next change of the link to that status. */
export function nextState(bus: Bus, status: 'connected' | 'reconnecting' | 'closed'): Promise<void> {
  return new Promise((resolve) => {
    const stop = bus.onState((state) => {
      if (state.status !== status) return
      stop()
      resolve()
    })
  })
}

/** The error of a promise that must reject. */
export async function failure(promise: Promise<unknown>): Promise<{ code: string; outcome?: string; message: string }> {
  try {
    await promise
  } catch (error) {
    return error as { code: string; outcome?: string; message: string }
  }
  throw new Error('it did not reject')
}

export interface RawClient extends AsyncDisposable {
  readonly model: ChannelModel
  readonly channel: Channel
  /** Undefined when there is no queue of that name. */
  queue(name: string): Promise<{ messageCount: number; consumerCount: number } | undefined>
}

/** An AMQP client that is not ours. */
export async function openRaw(url: string): Promise<RawClient> {
  const model = await connect(url)
  return {
    model,
    channel: await model.createChannel(),
    async queue(name) {
      // The channel of a check that fails is closed.
      const channel = await model.createChannel()
      channel.on('error', () => undefined)
      try {
        const found = await channel.checkQueue(name)
        await channel.close()
        return found
      } catch {
        return undefined
      }
    },
    [Symbol.asyncDispose]: () => model.close(),
  }
}

import { type Bus, type BusEvent, type BusOptions, connectBus } from '@botbus/core'
import { Redis } from 'ioredis'
import { type RedisOptions, redis } from '../src/index.ts'

export interface RecordingBus extends AsyncDisposable {
  readonly bus: Bus
  /** Codes of the problems so far. */
  problems(): string[]
  /** Why requests and messages were dropped so far. */
  drops(): string[]
}

/** A bus that records what it observes, and closes with its block. */
export async function open(options: RedisOptions, busOptions: BusOptions = {}): Promise<RecordingBus> {
  const observed: BusEvent[] = []
  const hooks = { observe: (event: BusEvent) => void observed.push(event) }
  const bus = await connectBus(redis(options), { hooks, ...busOptions })
  return {
    bus,
    problems: () => observed.flatMap((event) => (event.type === 'problem' ? [event.error.code] : [])),
    drops: () => observed.flatMap((event) => (event.type === 'dropped' ? [event.reason] : [])),
    [Symbol.asyncDispose]: () => bus.close(),
  }
}

/** A client of ioredis beside ours, to look at the server and to do what peers do. */
export function openRaw(url: string): Redis & AsyncDisposable {
  const client = new Redis(url)
  return Object.assign(client, {
    [Symbol.asyncDispose]: async () => {
      await client.quit()
    },
  })
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

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

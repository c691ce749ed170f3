import type { BusOptions } from '@botbus/core'
import { Redis } from 'ioredis'
import { type RecordingBus, recordingBus } from '../../../tests/support/recording-bus.ts'
import { type RedisOptions, redis } from '../src/index.ts'

export { failure, nextState } from '../../../tests/support/recording-bus.ts'

/** A bus that records what it observes, and closes with its block. */
export function open(options: RedisOptions, busOptions: BusOptions = {}): Promise<RecordingBus> {
  return recordingBus(redis(options), busOptions)
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

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

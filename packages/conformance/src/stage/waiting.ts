import { BotbusError, type Bus, type TransportState } from '@botbus/core'
import { vi } from 'vitest'

/** How long a test waits for what must happen, in ms: long enough for a broker that starts on a busy machine. */
export const patience: { ms: number } = { ms: 30_000 }

/** Resolves when `check` no longer throws. */
export function eventually<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, { timeout: patience.ms, interval: 10 })
}

/** The error of a promise that must reject with one of ours. */
export async function failure(promise: Promise<unknown>): Promise<BotbusError> {
  let result: unknown
  try {
    result = await promise
  } catch (error) {
    if (BotbusError.is(error)) return error
    throw error
  }
  throw new Error(`it did not reject, but resolved with ${JSON.stringify(result)}`)
}

/** Resolves at the next change of the link to that status. */
export function nextState(bus: Bus, status: TransportState['status']): Promise<void> {
  return new Promise((resolve) => {
    const stop = bus.onState((state) => {
      if (state.status !== status) return
      stop()
      resolve()
    })
  })
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN
}

/** The numbers from 0 on. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** In random order. */
export function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item)
}

import { setTimeout as wait } from 'node:timers/promises'
import { Samples } from '../peer/samples.ts'
import type { Poster, Status } from './poster.ts'

export interface Load {
  /** Of the alerts that were acknowledged. */
  readonly acknowledged: readonly string[]
  /** How many answers of each kind. */
  readonly statuses: Readonly<Record<string, number>>
  /** ms until the acknowledgement. */
  readonly times: { readonly p50: number; readonly p99: number; readonly max: number }
  /** ms that the sender was late itself, which its times include; nothing in a burst, where no alert is due at a time. */
  readonly late?: { readonly p50: number; readonly p99: number; readonly max: number }
  /** s from the first POST to the last answer. */
  readonly duration: number
}

class Tally {
  readonly #acknowledged: string[] = []
  readonly #statuses: Record<string, number> = {}
  readonly #times = new Samples()
  readonly #begin = performance.now()

  add(id: string, status: Status, milliseconds: number): void {
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
    if (status !== 202) return
    this.#acknowledged.push(id)
    this.#times.add(milliseconds)
  }

  end(): Load {
    const { p50, p99, max } = this.#times.summary()
    return {
      acknowledged: this.#acknowledged,
      statuses: this.#statuses,
      times: { p50, p99, max },
      duration: (performance.now() - this.#begin) / 1_000,
    }
  }
}

/**
 * One alert after another at its own time, whether or not those before were answered. A time counts from the moment at which the alert
 * was due: a server that stands still delays all that fall due meanwhile, and our own lateness counts too.
 */
export async function steadyLoad(
  poster: Poster,
  { rate, seconds, signal }: { readonly rate: number; readonly seconds: number; readonly signal: AbortSignal },
): Promise<Load> {
  const tally = new Tally()
  const begin = performance.now()
  const open: Promise<void>[] = []
  const late = new Samples()
  for (let index = 0; index < rate * seconds; index++) {
    const due = begin + (index * 1_000) / rate
    const early = due - performance.now()
    if (early > 0) await wait(early, undefined, { signal })
    late.add(performance.now() - due)
    const id = `steady-${index}`
    open.push(poster.post(id).then((status) => tally.add(id, status, performance.now() - due)))
  }
  await Promise.all(open)
  const { p50, p99, max } = late.summary()
  return { ...tally.end(), late: { p50, p99, max } }
}

interface BurstOptions {
  readonly alerts: number
  readonly concurrency: number
  readonly signal: AbortSignal
  /** Tells the ids of these alerts from those of others. */
  readonly name?: string
  /** ms. Default 5,000, as TradingView. */
  readonly resendAfter?: number
}

/** All at once, as far as so many may wait for their answer. What is answered with 503 is posted again, as TradingView does. */
export async function burstLoad(
  poster: Poster,
  { alerts, concurrency, signal, name = 'burst', resendAfter = 5_000 }: BurstOptions,
): Promise<Load> {
  const tally = new Tally()
  let next = 0
  const again: Promise<void>[] = []
  const post = async (id: string, resends: number): Promise<void> => {
    const begin = performance.now()
    const status = await poster.post(id)
    tally.add(id, status, performance.now() - begin)
    if (typeof status !== 'number' || status < 500 || resends === 0) return
    again.push(wait(resendAfter, undefined, { signal }).then(() => post(id, resends - 1)))
  }
  const work = async (): Promise<void> => {
    for (let index = next++; index < alerts; index = next++) {
      signal.throwIfAborted()
      await post(`${name}-${index}`, RESENDS)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  for (let waiting = again.splice(0); waiting.length > 0; waiting = again.splice(0)) await Promise.all(waiting)
  return tally.end()
}

const RESENDS = 3

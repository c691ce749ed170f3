import { type Bus, type BusEvent, type BusOptions, connectBus, type Transport } from '@botbus/core'

export interface RecordingBus extends AsyncDisposable {
  readonly bus: Bus
  readonly observed: BusEvent[]
  /** Codes of the problems so far. */
  problems(): string[]
  /** Their messages. */
  reports(): string[]
  /** Why requests and messages were dropped so far. */
  drops(): string[]
}

/** A bus that records what it observes, and closes with its block. */
export async function recordingBus(transport: Transport, busOptions: BusOptions = {}): Promise<RecordingBus> {
  const observed: BusEvent[] = []
  const hooks = { observe: (event: BusEvent) => void observed.push(event) }
  const bus = await connectBus(transport, { hooks, ...busOptions })
  return {
    bus,
    observed,
    problems: () => observed.flatMap((event) => (event.type === 'problem' ? [event.error.code] : [])),
    reports: () => observed.flatMap((event) => (event.type === 'problem' ? [event.error.message] : [])),
    drops: () => observed.flatMap((event) => (event.type === 'dropped' ? [event.reason] : [])),
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

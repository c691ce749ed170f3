import { type Capabilities, connectBus } from '@botbus/core'
import { afterAll, beforeAll, it } from 'vitest'
import { Stage } from './stage/stage.ts'
import type { ConformanceBroker, ConformanceSubject } from './subject.ts'

/** What the reporter reads of each test. */
export interface ConformanceMeta {
  readonly subject: string
  readonly item: number
  readonly capabilities: Capabilities
  readonly notes: string[]
}

declare module 'vitest' {
  interface TaskMeta {
    conformance?: ConformanceMeta
  }
}

export interface PromiseOptions {
  /** Milliseconds. Default 60,000. */
  timeout?: number
}

export interface Suite {
  readonly subject: ConformanceSubject
  /** Registers a test of an item on the broker that all of them share. */
  promise(item: number, text: string, run: (stage: Stage) => Promise<void>, options?: PromiseOptions): void
  /** As `promise`, on a broker that the test may kill and freeze; it is brought back afterwards. */
  fault(item: number, text: string, run: (stage: Stage) => Promise<void>, options?: PromiseOptions): void
}

const TIMEOUT = 60_000

/** To be called within `describe`: the broker lives as long as that block. */
export function openSuite(subject: ConformanceSubject): Suite {
  const brokers = new Map<'calm' | 'faulty', ConformanceBroker>()
  let capabilities: Capabilities

  const broker = async (kind: 'calm' | 'faulty'): Promise<ConformanceBroker> => {
    const started = brokers.get(kind) ?? (await subject.startBroker())
    brokers.set(kind, started)
    return started
  }

  beforeAll(async () => {
    const { url } = await broker('calm')
    await using bus = await connectBus(subject.transport({ url }))
    capabilities = bus.capabilities
  }, 120_000)

  afterAll(async () => {
    for (const started of brokers.values()) await started[Symbol.asyncDispose]()
  }, 60_000)

  const register = (kind: 'calm' | 'faulty'): Suite['promise'] => {
    return (item, text, run, { timeout = TIMEOUT } = {}) => {
      it(`${String(item).padStart(2, '0')} ${text}`, { timeout }, async (context) => {
        context.task.meta.conformance = { subject: subject.name, item, capabilities, notes: [] }
        const stage = new Stage(subject, await broker(kind), capabilities, context)
        try {
          await run(stage)
        } finally {
          await stage.faults.undo()
        }
      })
    }
  }
  return {
    subject,
    promise: register('calm'),
    fault: register('faulty'),
  }
}

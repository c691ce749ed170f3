import { type Capabilities, connectBus } from '@botbus/core'
import { afterAll, beforeAll, it } from 'vitest'
import { startTcpProxy, type TcpProxy } from './faults/tcp-proxy.ts'
import type { ConformanceMeta } from './stage/meta.ts'
import { nameOf } from './stage/names.ts'
import { Stage } from './stage/stage.ts'
import type { ConformanceBroker, ConformanceSubject } from './subject.ts'

interface PromiseOptions {
  /** Milliseconds. Default 60,000, and twice that where the broker is broken. */
  timeout?: number
}

type Item = ConformanceMeta['item']

export interface Suite {
  readonly subject: ConformanceSubject
  /** Registers a test of an item on the broker that all of them share. */
  promise(item: Item, text: string, run: (stage: Stage) => Promise<void>, options?: PromiseOptions): void
  /** As `promise`, on a broker that the test may kill and freeze; it is brought back afterwards. */
  fault(item: Item, text: string, run: (stage: Stage) => Promise<void>, options?: PromiseOptions): void
}

const TIMEOUT = 60_000
const START = 120_000

interface Grounds {
  readonly broker: ConformanceBroker
  /** In front of a broker that has a network and may be broken. */
  readonly proxy: TcpProxy | undefined
}

async function openCalm(subject: ConformanceSubject): Promise<Grounds> {
  return { broker: await subject.startBroker(), proxy: undefined }
}

/** The proxy comes first: some brokers must know its port. */
async function openFaulty(subject: ConformanceSubject): Promise<Grounds> {
  const proxy = await startTcpProxy()
  const broker = await subject.startBroker({ advertisedPort: proxy.port })
  const port = broker.proxiedPort ?? broker.port
  if (port !== undefined) proxy.relayTo(port)
  return { broker, proxy }
}

/** To be called within `describe`: the broker lives as long as that block. */
export function openSuite(subject: ConformanceSubject): Suite {
  const started = new Map<boolean, Promise<Grounds>>()
  let capabilities: Capabilities

  const grounds = (mayBreak: boolean): Promise<Grounds> => {
    const known = started.get(mayBreak) ?? (mayBreak ? openFaulty(subject) : openCalm(subject))
    started.set(mayBreak, known)
    return known
  }

  beforeAll(async () => {
    const { broker } = await grounds(false)
    await using bus = await connectBus(subject.transport({ url: broker.url }))
    capabilities = bus.capabilities
  }, START)

  afterAll(async () => {
    for (const { broker, proxy } of await Promise.all(started.values())) {
      await proxy?.[Symbol.asyncDispose]()
      await broker[Symbol.asyncDispose]()
    }
  }, START)

  const register = (mayBreak: boolean): Suite['promise'] => {
    return (item, text, run, { timeout = mayBreak ? 2 * TIMEOUT : TIMEOUT } = {}) => {
      it(nameOf(item, text), { timeout }, async (context) => {
        context.task.meta.conformance = { subject: subject.name, item, capabilities, notes: [] }
        const { broker, proxy } = await grounds(mayBreak)
        const stage = new Stage({ subject, broker, proxy, capabilities, context })
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
    promise: register(false),
    fault: register(true),
  }
}

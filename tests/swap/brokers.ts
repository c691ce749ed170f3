import { startEmbeddedBroker } from '@botbus/server'
import { BROKER_KINDS, brokerOf, type TestBroker, uniqueName } from '../support/test-broker.ts'

/** A broker that a bot is moved to by its URL alone. */
export interface SwapBroker {
  readonly name: string
  start(): Promise<TestBroker>
}

const memory: SwapBroker = {
  name: 'memory:',
  start: async () => ({ url: `memory:${uniqueName('swap')}`, [Symbol.asyncDispose]: async () => undefined }),
}

const embedded: SwapBroker = {
  name: 'embedded:',
  async start() {
    const broker = await startEmbeddedBroker({ port: 0 })
    return { url: `embedded:${broker.port}`, [Symbol.asyncDispose]: () => broker.close() }
  },
}

/** Brokers that programs reach from processes of their own. */
export const SHARED_BROKERS: readonly SwapBroker[] = [
  embedded,
  ...BROKER_KINDS.map((kind) => ({ name: `${kind}://`, start: () => brokerOf(kind) })),
]

export const ALL_BROKERS: readonly SwapBroker[] = [memory, ...SHARED_BROKERS]

import { readFileSync } from 'node:fs'
import { type Bus, type BusEvent, type Capabilities, connectBus, type Transport } from '@botbus/core'
import { MemoryBroker, memory } from '@botbus/memory'
import { onTestFinished } from 'vitest'
import { type Bot, Bridge, type BridgeOptions } from '../src/index.ts'

export interface Harness {
  readonly broker: MemoryBroker
  readonly bus: Bus
  /** What the bus reported. */
  readonly events: BusEvent[]
  /** What the bridges warned of. */
  readonly warnings: string[]
  /** Starts a bridge; it ends with the test. */
  bridge(bot: Bot, options?: Partial<BridgeOptions>): Promise<Bridge>
  /** Another bus on the same broker; it ends with the test. */
  anotherBus(): Promise<Bus>
  /** Why messages on a topic were dropped. */
  dropped(topic: string): string[]
}

/** A memory broker with one bus, closed when the test ends. */
export async function harness(transport: (broker: MemoryBroker) => Transport = inProcess): Promise<Harness> {
  const broker = new MemoryBroker()
  const events: BusEvent[] = []
  const warnings: string[] = []
  const anotherBus = async (): Promise<Bus> => {
    const bus = await connectBus(transport(broker), { hooks: { observe: (event) => events.push(event) } })
    onTestFinished(() => bus.close())
    return bus
  }
  const bus = await anotherBus()
  return {
    broker,
    bus,
    events,
    warnings,
    anotherBus,
    dropped: (topic) =>
      events.flatMap((event) => (event.type === 'dropped' && event.topic === topic ? event.reason : [])),
    bridge: async (bot, options = {}) => {
      const bridge = new Bridge({ bus, bot, id: 'testbot', warn: (message) => warnings.push(message), ...options })
      onTestFinished(() => bridge.stop())
      await bridge.start()
      return bridge
    },
  }
}

function inProcess(broker: MemoryBroker): Transport {
  return memory({ broker })
}

/** The memory transport, but with other capabilities, such as commlib-py's envelope in place of native headers. */
export function memoryWith(capabilities: Partial<Capabilities>): (broker: MemoryBroker) => Transport {
  return (broker) =>
    new Proxy(memory({ broker }), {
      get(transport, key) {
        const value: unknown = Reflect.get(transport, key, transport)
        if (key === 'capabilities') return { ...transport.capabilities, ...capabilities }
        return typeof value === 'function' ? value.bind(transport) : value
      },
    })
}

export type Fixture =
  | { kind: 'message'; source: string; topic: string; payload: string }
  | {
      kind: 'call'
      source: string
      command: string
      request: Record<string, unknown> | null
      case: string | null
      reply: string | null
    }

/** What real bots and clients were seen to send. */
export function fixtures(): Fixture[] {
  const text = readFileSync(new URL('../fixtures/hummingbot-wire.jsonl', import.meta.url), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Fixture)
}

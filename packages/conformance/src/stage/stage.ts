import { randomBytes } from 'node:crypto'
import {
  type BotbusError,
  type Bus,
  type BusEvent,
  type BusOptions,
  type Capabilities,
  connectBus,
  type DropReason,
  type IncomingReply,
  type Transport,
} from '@botbus/core'
import type { TestContext } from 'vitest'
import type { TcpProxy } from '../faults/tcp-proxy.ts'
import type { ConformanceBroker, ConformanceSubject, ConformanceTarget } from '../subject.ts'
import { Faults } from './faults.ts'
import { type Alteration, altered, recordingReplies } from './recording.ts'

/** What a stage needs of the test that it belongs to. */
export type StageContext = Pick<TestContext, 'skip' | 'task' | 'onTestFinished'>

export interface OpenOptions {
  /** Beside the broker's URL. */
  target?: Partial<ConformanceTarget>
  bus?: BusOptions
  alter?: Alteration
}

/** A bus of the test, and what happened on it. */
export interface Party {
  readonly bus: Bus
  readonly transport: Transport
  readonly events: BusEvent[]
  /** Every reply that the transport handed over, wanted or not. */
  readonly replies: IncomingReply[]
  /** What was dropped, for that reason or any. */
  dropped(reason?: DropReason): BusEvent[]
  problems(): BotbusError[]
}

/** What a test plays on: a broker, and everything that it opens there. All of it goes with the test. */
export class Stage {
  readonly subject: ConformanceSubject
  readonly broker: ConformanceBroker
  /** As the broker grants them to an ordinary client. */
  readonly capabilities: Capabilities
  /** For tests that were registered with `fault`. */
  readonly faults: Faults
  readonly #context: StageContext
  readonly #prefix = `t${randomBytes(4).toString('hex')}`

  constructor(setting: {
    subject: ConformanceSubject
    broker: ConformanceBroker
    proxy: TcpProxy | undefined
    capabilities: Capabilities
    context: StageContext
  }) {
    this.subject = setting.subject
    this.broker = setting.broker
    this.capabilities = setting.capabilities
    this.#context = setting.context
    this.faults = new Faults(setting.broker, setting.proxy, (reason) => this.skip(reason))
  }

  /** The first level of all topics of this test. */
  get prefix(): string {
    return this.#prefix
  }

  /** A topic, or a pattern, that no other test uses. */
  topic(rest: string): string {
    return `${this.#prefix}/${rest}`
  }

  /** The name of a group that no other test uses. */
  group(name: string): string {
    return `${this.#prefix}-${name}`
  }

  /** Ends the test; the table names the reason. */
  skip(reason: string): never {
    return this.#context.skip(reason)
  }

  /** The table tells it beside the result. */
  note(text: string): void {
    const { meta } = this.#context.task
    if (meta.conformance) meta.conformance.notes.push(text)
  }

  keep<Resource extends AsyncDisposable>(resource: Resource): Resource {
    this.#context.onTestFinished(() => resource[Symbol.asyncDispose]())
    return resource
  }

  /** A transport that is not connected yet. */
  transport(target: Partial<ConformanceTarget> = {}): Transport {
    return this.subject.transport({ url: this.broker.url, ...target })
  }

  async open(options: OpenOptions = {}): Promise<Party> {
    const { target, bus: busOptions, alter } = options
    const events: BusEvent[] = []
    const replies: IncomingReply[] = []
    const plain = this.transport(target)
    const transport = recordingReplies(alter ? altered(plain, alter) : plain, (reply) => void replies.push(reply))
    const hooks = { observe: (event: BusEvent) => void events.push(event) }
    const bus = await connectBus(transport, { hooks, ...busOptions })
    this.#context.onTestFinished(() => bus.close({ grace: 0 }))
    return {
      bus,
      transport,
      events,
      replies,
      dropped: (reason) =>
        events.filter((event) => event.type === 'dropped' && (reason === undefined || event.reason === reason)),
      problems: () => events.flatMap((event) => (event.type === 'problem' ? [event.error] : [])),
    }
  }
}

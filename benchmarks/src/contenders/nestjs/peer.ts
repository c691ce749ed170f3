import { type INestMicroservice, Logger } from '@nestjs/common'
import { firstValueFrom } from 'rxjs'
import type { Peer } from '../contender.ts'
import { listenForCalls, listenForEvents } from './application.ts'
import type { Broker, Client } from './broker.ts'

interface Caller {
  readonly client: Client
  readonly pattern: string
}

export class NestPeer implements Peer {
  readonly #broker: Broker
  readonly #applications: INestMicroservice[] = []
  readonly #callers = new Map<string, Promise<Caller>>()
  #publisher: Promise<Client> | undefined
  #connectedPublisher: Client | undefined

  constructor(broker: Broker) {
    Logger.overrideLogger(false)
    this.#broker = broker
  }

  async serve(address: string, answer: (request: unknown) => unknown): Promise<void> {
    const pattern = this.#broker.pattern(address)
    await this.#broker.prepare?.([pattern], 'calls')
    await this.#listening(await listenForCalls(this.#broker.server(pattern), pattern, answer))
  }

  async call(address: string, request: unknown): Promise<unknown> {
    let caller = this.#callers.get(address)
    if (caller === undefined) {
      caller = this.#openCaller(address)
      this.#callers.set(address, caller)
    }
    const { client, pattern } = await caller
    return await firstValueFrom(client.send(pattern, request))
  }

  async subscribe(patterns: readonly string[], onMessage: (message: unknown) => void): Promise<void> {
    const own = patterns.map((pattern) => this.#broker.pattern(pattern))
    await this.#broker.prepare?.(own, 'events')
    await this.#listening(await listenForEvents(this.#broker.subscriber(own), own, onMessage))
  }

  publish(topic: string, message: unknown): Promise<unknown> | undefined {
    if (this.#connectedPublisher === undefined) return this.#publishWhenConnected(topic, message)
    this.#emit(this.#connectedPublisher, topic, message)
    return undefined
  }

  async close(): Promise<void> {
    const callers = await Promise.all(this.#callers.values())
    const publisher = await this.#publisher
    await Promise.all([
      ...callers.map(({ client }) => client.close()),
      publisher?.close(),
      ...this.#applications.map((application) => application.close()),
    ])
  }

  async #listening(application: INestMicroservice): Promise<void> {
    this.#applications.push(application)
    await this.#broker.granted?.(application)
  }

  async #openCaller(address: string): Promise<Caller> {
    const pattern = this.#broker.pattern(address)
    await this.#broker.prepare?.([pattern], 'calls')
    return { client: await this.#connect(this.#broker.caller(pattern)), pattern }
  }

  async #publishWhenConnected(topic: string, message: unknown): Promise<void> {
    this.#publisher ??= this.#connect(this.#broker.publisher(topic))
    this.#connectedPublisher = await this.#publisher
    this.#emit(this.#connectedPublisher, topic, message)
  }

  async #connect(client: Client): Promise<Client> {
    await client.connect()
    this.#broker.connected?.(client)
    return client
  }

  /** As in the documentation: hot, and nobody waits for it. A message that is not sent shows as one that is not received. */
  #emit(client: Client, topic: string, message: unknown): void {
    client.emit(this.#broker.pattern(topic), this.#broker.event?.(topic, message) ?? message)
  }
}

import { type BrokerOptions, type Context, ServiceBroker, type ServiceSchema } from 'moleculer'
import type { Peer } from '../contender.ts'

const SUBSCRIBER = 'subscriber'

/** One node. Addresses are actions of the service of the same name; topics are events. */
export class MoleculerPeer implements Peer {
  readonly #broker: ServiceBroker
  #started: Promise<void> | undefined
  readonly #actions = new Map<string, Promise<string>>()
  #subscriberIsKnown = false

  constructor(options: BrokerOptions) {
    this.#broker = new ServiceBroker({ ...options, logger: false })
  }

  async serve(address: string, answer: (request: unknown) => unknown): Promise<void> {
    const [service, action] = split(address)
    await this.#host({ name: service, actions: { [action]: (context: Context<unknown>) => answer(context.params) } })
  }

  async call(address: string, request: unknown): Promise<unknown> {
    let action = this.#actions.get(address)
    if (action === undefined) {
      action = this.#find(address)
      this.#actions.set(address, action)
    }
    return await this.#broker.call(await action, request)
  }

  async subscribe(patterns: readonly string[], onMessage: (message: unknown) => void): Promise<void> {
    const take = (context: Context<unknown>): void => onMessage(context.params)
    const events = Object.fromEntries(patterns.map((pattern) => [eventName(pattern), take]))
    await this.#host({ name: SUBSCRIBER, events })
  }

  publish(topic: string, message: unknown): Promise<unknown> | undefined {
    if (!this.#subscriberIsKnown) return this.#publishToSubscriber(topic, message)
    this.#broadcast(topic, message)
    return undefined
  }

  async close(): Promise<void> {
    if (this.#started === undefined) return
    await this.#started
    await this.#broker.stop()
  }

  async #start(): Promise<void> {
    this.#started ??= this.#broker.start()
    await this.#started
  }

  /** A service that is there before the start is announced by it. */
  async #host(schema: ServiceSchema): Promise<void> {
    this.#broker.createService(schema)
    await this.#start()
    await this.#broker.waitForServices(schema.name)
  }

  async #find(address: string): Promise<string> {
    const [service, action] = split(address)
    await this.#start()
    await this.#broker.waitForServices(service)
    return `${service}.${action}`
  }

  async #publishToSubscriber(topic: string, message: unknown): Promise<void> {
    await this.#start()
    await this.#broker.waitForServices(SUBSCRIBER)
    this.#subscriberIsKnown = true
    this.#broadcast(topic, message)
  }

  /** As in the documentation, nobody waits for it. A message that is not sent shows as one that is not received. */
  #broadcast(topic: string, message: unknown): void {
    void this.#broker.broadcast(eventName(topic), message)
  }
}

function split(address: string): [service: string, action: string] {
  const name = address.replaceAll('/', '.')
  const last = name.lastIndexOf('.')
  return [name.slice(0, last), name.slice(last + 1)]
}

function eventName(topic: string): string {
  return topic.replaceAll('/', '.').replaceAll('+', '*')
}

import { type BotClient, COMMAND_TIMEOUT } from '@botbus/bridge'
import type { Bots, JsonObject, PluginBus } from '@botbus/plugin'
import type { Delivery } from '../delivery.ts'

/** What a command was answered; nothing else is answered. */
export interface Sent {
  readonly reply?: { readonly status: number; readonly msg: string }
}

type AnyCommand = (request: JsonObject, options: object) => Promise<{ status: number; msg?: unknown }>

/** More bots than this are no usual fleet: the clients, which count events, are made anew then. */
const MAX_CLIENTS = 10_000

/** Hands deliveries to the bots and the bus, once each. Rejects as `BotClient` and `bus.publish` do. */
export class Sender {
  readonly #bus: PluginBus
  readonly #bots: Bots
  readonly #clients = new Map<string, BotClient>()

  constructor(bus: PluginBus, bots: Bots) {
    this.#bus = bus
    this.#bots = bots
  }

  async send(delivery: Delivery, key: string, signal: AbortSignal): Promise<Sent> {
    if (delivery.kind === 'publish') {
      await this.#bus.publish(delivery.topic, delivery.message, { qos: 1 })
      return {}
    }
    const client = this.#client(delivery.bot)
    if (delivery.kind === 'event') {
      const { name, data, type, timestamp, sequence } = delivery
      const options = {
        ...(type === undefined ? {} : { type }),
        ...(timestamp === undefined ? {} : { timestamp }),
        ...(sequence === undefined ? {} : { sequence }),
      }
      await client.sendEvent(name, data, options)
      return {}
    }
    // The arguments were checked when they were planned, and the client checks them again.
    const command = client[delivery.command].bind(client) as unknown as AnyCommand
    const answer = await command(delivery.arguments, { idempotencyKey: key, timeout: COMMAND_TIMEOUT, signal })
    return { reply: { status: answer.status, msg: String(answer.msg ?? '').slice(0, 1_000) } }
  }

  #client(bot: string): BotClient {
    const known = this.#clients.get(bot)
    if (known) return known
    if (this.#clients.size >= MAX_CLIENTS) this.#clients.clear()
    const client = this.#bots.client(bot)
    this.#clients.set(bot, client)
    return client
  }
}

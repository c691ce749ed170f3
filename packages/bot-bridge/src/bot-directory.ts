import { BotbusError, type Bus, type Subscription } from '@botbus/core'
import { BotClient, type BotClientOptions } from './bot-client.ts'
import { assertBotId } from './bot-id.ts'
import { botContract } from './contract/contract.ts'
import { type BotPresence, PresenceRecord } from './presence.ts'

export interface DiscoverOptions {
  namespace?: string
  signal?: AbortSignal
}

/** Whoever may publish heartbeats may invent bots; beyond so many, new ones are not listed. */
const MAX_BOTS = 100_000

/** How often the age of heartbeats is looked at, in ms. */
const TICK = 1_000

/**
 * Finds bots by their heartbeats and status updates, fresh and not retained; nothing else makes a bot appear.
 * Resolves when it listens; a bot appears within one period of 10 s.
 */
export async function discoverBots(bus: Bus, options: DiscoverOptions = {}): Promise<BotDirectory> {
  const directory = new BotDirectory(bus, options)
  await directory.open()
  return directory
}

/** The bots that were heard, and how they are. Made by `discoverBots`. */
export class BotDirectory {
  readonly #bus: Bus
  readonly #options: DiscoverOptions
  readonly #records = new Map<string, PresenceRecord>()
  readonly #listeners = new Set<(bot: BotPresence) => void>()
  readonly #lastHealth = new Map<string, string>()
  #subscriptions: Subscription[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(bus: Bus, options: DiscoverOptions) {
    this.#bus = bus
    this.#options = options
  }

  /** Called once, by `discoverBots`. */
  async open(): Promise<void> {
    const { channels } = botContract(this.#options.namespace)
    const options = this.#options.signal ? { signal: this.#options.signal } : {}
    const everyBot = { bot: '+' }
    this.#subscriptions = await Promise.all([
      this.#bus.subscribe(
        channels.heartbeat,
        everyBot,
        ({ data, params, retained }) => {
          if (!retained) this.#record(params['bot'])?.heartbeat(data.instance, Date.now())
          this.#notify(params['bot'])
        },
        options,
      ),
      this.#bus.subscribe(
        channels.statusUpdates,
        everyBot,
        ({ data, params, retained }) => {
          if (retained || data.type !== 'availability' || (data.msg !== 'online' && data.msg !== 'offline')) return
          const instance = typeof data['instance'] === 'string' ? data['instance'] : undefined
          const isOnline = data.msg === 'online'
          const record = isOnline ? this.#record(params['bot']) : this.#records.get(params['bot'] ?? '')
          record?.availability(isOnline, instance, Date.now())
          this.#notify(params['bot'])
        },
        options,
      ),
    ])
    this.#timer = setInterval(() => this.#tick(), TICK)
    this.#timer.unref()
    this.#options.signal?.addEventListener('abort', () => clearInterval(this.#timer), { once: true })
  }

  /** Every bot that was heard, by id. */
  get bots(): BotPresence[] {
    const now = Date.now()
    return [...this.#records.values()].map((record) => record.snapshot(now)).sort((a, b) => a.id.localeCompare(b.id))
  }

  get(id: string): BotPresence | undefined {
    return this.#records.get(id)?.snapshot(Date.now())
  }

  /** A client that refuses every command but stop while two bots use the id. */
  client(id: string, options: Omit<BotClientOptions, 'namespace' | 'check'> = {}): BotClient {
    const { namespace } = this.#options
    return new BotClient(this.#bus, id, {
      ...options,
      ...(namespace === undefined ? {} : { namespace }),
      check: () => {
        if (this.get(id)?.health !== 'conflict') return
        throw new BotbusError('INVALID_ARGUMENT', `two bots use the id "${id}": only stop is sent`, {
          outcome: 'not_sent',
        })
      },
    })
  }

  /** Calls `listener` when a bot appears and when its health changes. Returns the function that stops it. */
  onChange(listener: (bot: BotPresence) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #record(id: string | undefined): PresenceRecord | undefined {
    if (id === undefined) return undefined
    const known = this.#records.get(id)
    if (known) return known
    try {
      assertBotId(id)
    } catch {
      return undefined
    }
    if (this.#records.size >= MAX_BOTS) return undefined
    const record = new PresenceRecord(id)
    this.#records.set(id, record)
    return record
  }

  #tick(): void {
    for (const id of this.#records.keys()) this.#notify(id)
  }

  #notify(id: string | undefined): void {
    const bot = id === undefined ? undefined : this.get(id)
    if (!bot || this.#lastHealth.get(bot.id) === bot.health) return
    this.#lastHealth.set(bot.id, bot.health)
    for (const listener of [...this.#listeners]) listener(bot)
  }
}

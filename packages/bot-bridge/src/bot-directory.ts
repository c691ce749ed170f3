import { BotbusError, type Bus, type Message, type Output, type Subscription } from '@botbus/core'
import { BotClient, type BotClientOptions } from './bot-client.ts'
import { type BotContract, botContract } from './contract/contract.ts'
import { HEARTBEAT_PERIOD } from './heartbeat.ts'
import type { BotPresence } from './presence.ts'
import { PresenceTable } from './presence-table.ts'
import { emitWarning } from './warn.ts'

export interface DiscoverOptions {
  namespace?: string
  /** Aborting it closes the directory. */
  signal?: AbortSignal
}

/** How many bots are listed at most. */
const MAX_BOTS = 100_000

/** How often the age of heartbeats is looked at, in ms. */
const TICK = 1_000

/** A bot that was not heard for so long, in ms, is not there. */
const SILENCE = 3 * HEARTBEAT_PERIOD

type Channels = BotContract['channels']
type HeartbeatMessage = Message<Output<Channels['heartbeat']['message']>>
type StatusMessage = Message<Output<Channels['statusUpdates']['message']>>

/**
 * Finds bots by their heartbeats and status updates, fresh and not retained; nothing else makes a bot appear.
 * Resolves when it listens; a bot appears within one period of 10 s. Rejects as `bus.subscribe` does.
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
  readonly #table = new PresenceTable(MAX_BOTS)
  readonly #listeners = new Set<(bot: BotPresence) => void>()
  readonly #lastHealth = new Map<string, string>()
  #listeningSince = 0
  #undo: (() => Promise<void> | void)[] = []

  constructor(bus: Bus, options: DiscoverOptions) {
    this.#bus = bus
    this.#options = options
  }

  /** Called once, by `discoverBots`. */
  async open(): Promise<void> {
    const { channels } = botContract(this.#options.namespace)
    const { signal } = this.#options
    const options = signal ? { signal } : {}
    const everyBot = { bot: '+' }
    const results = await Promise.allSettled<Subscription>([
      this.#bus.subscribe(channels.heartbeat, everyBot, (message) => this.#onHeartbeat(message), options),
      this.#bus.subscribe(channels.statusUpdates, everyBot, (message) => this.#onStatus(message), options),
    ])
    const timer = setInterval(() => this.#tick(), TICK)
    timer.unref()
    this.#listeningSince = Date.now()
    this.#undo = [
      () => clearInterval(timer),
      this.#bus.onState(({ status }) => {
        if (status === 'connected') this.#listeningSince = Date.now()
        else if (status === 'closed') clearInterval(timer)
      }),
      ...results.flatMap((result) => (result.status === 'fulfilled' ? [() => result.value.close()] : [])),
    ]
    signal?.addEventListener('abort', () => clearInterval(timer), { once: true })
    for (const result of results) {
      if (result.status === 'fulfilled') continue
      await this.close()
      throw result.reason
    }
  }

  /** Every bot that was heard, by id. */
  get bots(): BotPresence[] {
    return this.#table.list(Date.now())
  }

  get(id: string): BotPresence | undefined {
    return this.#table.get(id, Date.now())
  }

  /**
   * A client whose commands, all but stop, are refused while two bots use the id (`INVALID_ARGUMENT`) and, where the broker
   * cannot say so itself, when the bot is known not to be there (`NO_RESPONDER`); nothing is sent then.
   */
  client(id: string, options: Omit<BotClientOptions, 'namespace' | 'check'> = {}): BotClient {
    const { namespace } = this.#options
    return new BotClient(this.#bus, id, {
      ...options,
      ...(namespace === undefined ? {} : { namespace }),
      check: () => this.#assertReachable(id),
    })
  }

  /**
   * Calls `listener` when a bot appears and when its health changes; those heard before are in `bots`. Returns the function
   * that stops it.
   */
  onChange(listener: (bot: BotPresence) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Listens no more. Calling it again does nothing. */
  async close(): Promise<void> {
    const undo = this.#undo
    this.#undo = []
    await Promise.all(undo.map((step) => step()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #onHeartbeat({ data, params, retained }: HeartbeatMessage): void {
    const id = params['bot']
    if (retained || id === undefined) return
    this.#forget(this.#table.heartbeat(id, data, Date.now()))
    this.#notify(id)
  }

  #onStatus({ data, params, retained }: StatusMessage): void {
    const id = params['bot']
    if (retained || id === undefined || data.type !== 'availability') return
    if (data.msg !== 'online' && data.msg !== 'offline') return
    const instance = typeof data['instance'] === 'string' ? data['instance'] : undefined
    this.#forget(this.#table.availability(id, data.msg === 'online', instance, Date.now()))
    this.#notify(id)
  }

  #assertReachable(id: string): void {
    const health = this.get(id)?.health
    const refuse = (code: 'INVALID_ARGUMENT' | 'NO_RESPONDER', reason: string): never => {
      throw new BotbusError(code, reason, { outcome: 'not_sent' })
    }
    if (health === 'conflict') refuse('INVALID_ARGUMENT', `two bots use the id "${id}": only stop is sent`)
    if (this.#bus.capabilities.noResponder === 'definite') return
    if (health === 'offline') refuse('NO_RESPONDER', `the bot "${id}" went offline`)
    if (Date.now() - this.#listeningSince <= SILENCE) return
    const isUnheard = health === undefined && !this.#table.isFull
    if (isUnheard || health === 'stale')
      refuse('NO_RESPONDER', `no heartbeat of a bot "${id}" for ${SILENCE / 1_000} s`)
  }

  #forget(evicted: string | undefined): void {
    if (evicted !== undefined) this.#lastHealth.delete(evicted)
  }

  #tick(): void {
    for (const id of this.#table.ids) this.#notify(id)
  }

  #notify(id: string): void {
    const bot = this.get(id)
    if (!bot || this.#lastHealth.get(bot.id) === bot.health) return
    this.#lastHealth.set(bot.id, bot.health)
    for (const listener of [...this.#listeners]) {
      try {
        listener(bot)
      } catch (error) {
        emitWarning(`a listener for changes of bots failed at ${bot.id}`, error)
      }
    }
  }
}

import { randomBytes } from 'node:crypto'
import type { Bus, Subscription, TransportState } from '@botbus/core'
import type { Bot, BotPublisher } from './bot.ts'
import { assertNewBotId } from './bot-id.ts'
import { CommandServer } from './command-server.ts'
import type { BotContract } from './contract/contract.ts'
import { sharedContract } from './contract/shared-contract.ts'
import { listenToExternalEvents } from './external-events.ts'
import { HEARTBEAT_PERIOD, Heartbeat } from './heartbeat.ts'
import { Publisher } from './publisher.ts'
import { type BridgeSettings, checkSettings } from './settings.ts'
import { emitWarning, type Warn } from './warn.ts'

export interface BridgeOptions {
  /** An open bus. It stays open when the bridge stops. Several bridges may share one. */
  bus: Bus
  bot: Bot
  /** The bot's id: one level of a topic, without `.`. */
  id: string
  /** The original switches. `host`, `port`, `username`, `password` and `ssl` concern whoever opens the bus. */
  settings?: Partial<BridgeSettings>
  /** Milliseconds between heartbeats. Default 10,000, as peers expect. */
  heartbeatInterval?: number
  /** After so many ms a command is answered with 400, whatever the bot still does. Default 30,000, as Hummingbot. */
  commandTimeout?: number
  /** Gets what a person should know. Default: `process.emitWarning`. */
  warn?: Warn
}

/**
 * Joins one bot to a bus: serves its commands, sends its heartbeats, events, notifications and logs, and keeps
 * the safety rules. It lives through reconnects of the bus without help, and stops when the bus is closed.
 */
export class Bridge implements BotPublisher {
  readonly id: string
  readonly settings: BridgeSettings
  readonly #options: BridgeOptions
  readonly #contract: BotContract
  readonly #warn: Warn
  readonly #publisher: Publisher
  readonly #heartbeat: Heartbeat
  #commands: CommandServer | undefined
  #externalEvents: Subscription | undefined
  #stopListening: () => void = () => undefined
  #isRunning = false
  /** `start` and `stop` run one after another, in the order of their calls. */
  #transition: Promise<void> = Promise.resolve()

  /** Throws `INVALID_ARGUMENT` for an id or settings that are wrong. */
  constructor(options: BridgeOptions) {
    assertNewBotId(options.id)
    const { bus, id, heartbeatInterval: period = HEARTBEAT_PERIOD, warn = emitWarning } = options
    const settings = checkSettings(options.settings ?? {})
    const contract = sharedContract(settings.namespace)
    const instance = randomBytes(8).toString('hex')
    this.id = id
    this.settings = settings
    this.#options = options
    this.#contract = contract
    this.#warn = warn
    this.#publisher = new Publisher({ bus, contract, id, instance, settings, warn })
    this.#heartbeat = new Heartbeat({ bus, channel: contract.channels.heartbeat, id, instance, period, warn })
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** True while another bot is heard under this id. All commands but stop are refused then. */
  get hasConflict(): boolean {
    return this.#heartbeat.hasConflict
  }

  /** How many events, notifications and log records were lost because the broker was away for too long. */
  get droppedMessages(): number {
    return this.#publisher.dropped
  }

  /**
   * Serves the commands, says `online` and sends a heartbeat; resolves when that is done. Does nothing when it runs. Rejects
   * with what the bus says (`NOT_CONNECTED`, `CLOSED`, `UNAUTHORIZED`) and leaves nothing open then.
   */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isRunning) return
      try {
        await this.#open()
      } catch (error) {
        await this.#close()
        throw error
      }
    })
  }

  /**
   * Takes no more commands, gives running ones 5 s to be answered, sends what waits, and says `offline`. Does nothing when
   * it does not run.
   */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isRunning) await this.#close()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  event(type: string, data: Record<string, unknown>): void {
    this.#publisher.event(type, data)
  }

  notify(text: string): void {
    this.#publisher.notify(text)
  }

  log(record: Parameters<BotPublisher['log']>[0]): void {
    this.#publisher.log(record)
  }

  performance(report: Parameters<BotPublisher['performance']>[0]): void {
    this.#publisher.performance(report)
  }

  statusUpdate(type: string, message: string): void {
    this.#publisher.statusUpdate(type, message)
  }

  async #open(): Promise<void> {
    const { bus, bot, commandTimeout: timeout = 30_000 } = this.#options
    const { id, settings } = this
    const contract = this.#contract
    // First, so that a bot that has the id already is heard before a command is.
    await this.#heartbeat.open()
    if (settings.commands) {
      this.#commands = new CommandServer({ bus, bot, contract, id, timeout, hasConflict: () => this.hasConflict })
      await this.#commands.open()
    }
    if (settings.external_events) {
      const channel = contract.channels.externalEvent
      this.#externalEvents = await listenToExternalEvents({ bus, bot, channel, id, warn: this.#warn })
    }
    this.#stopListening = bus.onState((state) => this.#onState(state))
    this.#isRunning = true
    await this.#publisher.open()
    await this.#heartbeat.beat()
  }

  async #close(): Promise<void> {
    this.#isRunning = false
    this.#stopListening()
    await Promise.all([this.#commands?.close(), this.#externalEvents?.close(), this.#heartbeat.close()])
    this.#commands = undefined
    this.#externalEvents = undefined
    await this.#publisher.close()
  }

  #onState({ status }: TransportState): void {
    if (status === 'connected') void this.#publisher.announce().then(() => this.#heartbeat.beat())
    else if (status === 'closed') this.stop().catch((error: unknown) => this.#warn('the bridge did not stop', error))
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#transition.then(step)
    // Whoever asked for the step is told; the next one begins all the same.
    this.#transition = done.catch(() => undefined)
    return done
  }
}

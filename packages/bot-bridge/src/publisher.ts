import { BotbusError, type Bus, fillTemplate } from '@botbus/core'
import { type Availability, availabilityMessage } from './availability.ts'
import type { BotPublisher } from './bot.ts'
import type { BotContract, ChannelName } from './contract/contract.ts'
import { Outbox } from './outbox.ts'
import type { BridgeSettings } from './settings.ts'
import type { Warn } from './warn.ts'

/** Python's numbers for its log levels. */
const LEVELS = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 } as const

/** What a bot publishes; external events come from others. */
type OwnChannel = Exclude<ChannelName, 'externalEvent'>

interface PublisherOptions {
  readonly bus: Bus
  readonly contract: BotContract
  readonly id: string
  readonly instance: string
  readonly settings: Pick<BridgeSettings, 'events' | 'logger' | 'notifier'>
  readonly warn: Warn
}

/**
 * Everything that one bot tells, in the shapes that Hummingbot gives it. Events, notifications and logs wait while the
 * broker is away; performance and status updates are worth nothing later and are not sent then. Nothing is sent before `open` and
 * after `close`.
 */
export class Publisher implements BotPublisher {
  readonly #options: PublisherOptions
  readonly #outbox: Outbox
  #isOpen = false
  #sequence = 0

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#outbox = new Outbox(options.bus, options.warn)
  }

  /** How many events, notifications and log records were lost. */
  get dropped(): number {
    return this.#outbox.dropped
  }

  /** Says `online`. */
  async open(): Promise<void> {
    this.#isOpen = true
    await this.announce()
  }

  /** Says `online` again, after a reconnect, and sends what waited meanwhile. */
  async announce(): Promise<void> {
    const sent = this.#outbox.flush()
    await this.#publishAvailability('online')
    await sent
  }

  /** Sends what waits and says `offline`. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#outbox.flush()
    this.#outbox.clear()
    await this.#publishAvailability('offline')
  }

  event(type: string, data: Record<string, unknown>): void {
    if (this.#options.settings.events) this.#send('events', { timestamp: seconds(), type, data }, 1)
  }

  notify(text: string): void {
    if (this.#options.settings.notifier)
      this.#send('notify', { seq: this.#sequence++, timestamp: seconds(), msg: text }, 1)
  }

  log({ level, message, logger, timestamp = Date.now() }: Parameters<BotPublisher['log']>[0]): void {
    if (!this.#options.settings.logger) return
    const levels = { level_no: LEVELS[level], level_name: level }
    this.#send('log', { timestamp: timestamp / 1_000, msg: message, ...levels, logger_name: logger }, 0)
  }

  performance(report: Parameters<BotPublisher['performance']>[0]): void {
    if (this.#isOpen) void this.#publishNow('performance', report)
  }

  statusUpdate(type: string, message: string): void {
    if (this.#isOpen) void this.#publishNow('statusUpdates', { timestamp: Date.now(), type, msg: message })
  }

  async #publishAvailability(availability: Availability): Promise<void> {
    await this.#publishNow('statusUpdates', availabilityMessage(availability, this.#options.instance))
  }

  #send(channel: OwnChannel, data: unknown, qos: 0 | 1): void {
    if (this.#isOpen) this.#outbox.add({ topic: this.#topic(channel), data, qos })
  }

  /** Never rejects. */
  async #publishNow(channel: OwnChannel, data: unknown): Promise<void> {
    const { bus, warn } = this.#options
    if (bus.state.status !== 'connected') return
    try {
      await bus.publish(this.#topic(channel), data)
    } catch (error) {
      if (!(BotbusError.is(error) && error.code === 'NOT_CONNECTED')) warn(`could not publish on ${channel}`, error)
    }
  }

  #topic(channel: OwnChannel): string {
    const { contract, id } = this.#options
    return fillTemplate(contract.channels[channel].topic, { bot: id }, false)
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1_000)
}

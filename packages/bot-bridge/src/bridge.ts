import { randomBytes } from 'node:crypto'
import { BotbusError, type Bus, type Message, type RequestContext, type TransportState } from '@botbus/core'
import { refusal, run } from './answers.ts'
import { type Bot, type BotPublisher, CommandError } from './bot.ts'
import { assertNewBotId } from './bot-id.ts'
import { CommandLane } from './command-lane.ts'
import { isBotAddress } from './contract/addresses.ts'
import { type BotContract, botContract, type CommandName, type ExternalEvent } from './contract/contract.ts'
import { HEARTBEAT_PERIOD, Heartbeat } from './heartbeat.ts'
import { Outbox } from './outbox.ts'
import { type BridgeSettings, bridgeSettings } from './settings.ts'

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
  warn?: (message: string, error?: unknown) => void
}

/** Commands that read only: they need not wait for the others. */
const READING: ReadonlySet<CommandName> = new Set(['status', 'history'])

/** Python's numbers for its log levels. */
const LEVELS = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 } as const

/**
 * Joins one bot to a bus: serves its commands, sends its heartbeats, events, notifications and logs, and keeps
 * the safety rules. It lives through reconnects of the bus without help.
 */
export class Bridge implements BotPublisher {
  readonly id: string
  readonly settings: BridgeSettings
  readonly #bus: Bus
  readonly #bot: Bot
  readonly #contract: BotContract
  readonly #warn: (message: string, error?: unknown) => void
  readonly #commandTimeout: number
  readonly #lane = new CommandLane()
  readonly #outbox: Outbox
  readonly #heartbeat: Heartbeat
  readonly #instance = randomBytes(8).toString('hex')
  #running: AbortController | undefined
  #opened: { close(): Promise<void> }[] = []
  #stopListening: () => void = () => undefined
  #sequence = 0

  constructor(options: BridgeOptions) {
    assertNewBotId(options.id)
    const settings = bridgeSettings.safeParse(options.settings ?? {})
    if (!settings.success) {
      const reasons = settings.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
      throw new BotbusError('INVALID_ARGUMENT', `bridge settings are invalid: ${reasons.join('; ')}`)
    }
    this.id = options.id
    this.settings = settings.data
    this.#bus = options.bus
    this.#bot = options.bot
    this.#commandTimeout = options.commandTimeout ?? 30_000
    this.#contract = botContract(this.settings.namespace)
    this.#warn = options.warn ?? ((message, error) => process.emitWarning(describe(message, error), 'BotbusWarning'))
    this.#outbox = new Outbox(this.#bus, this.#warn)
    this.#heartbeat = new Heartbeat({
      bus: this.#bus,
      channel: this.#contract.channels.heartbeat,
      id: this.id,
      instance: this.#instance,
      period: options.heartbeatInterval ?? HEARTBEAT_PERIOD,
      warn: this.#warn,
    })
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** True while another bot is heard under this id. All commands but stop are refused then. */
  get hasConflict(): boolean {
    return this.#heartbeat.hasConflict
  }

  /** Serves the commands and says `online`. Does nothing when it runs; leaves nothing open when it fails. */
  async start(): Promise<void> {
    if (this.#running) return
    this.#running = new AbortController()
    try {
      if (this.settings.commands) await this.#serveCommands()
      if (this.settings.external_events) await this.#listen()
      this.#opened.push(await this.#heartbeat.start())
      this.#stopListening = this.#bus.onState((state) => this.#onState(state))
      this.#announce('online')
    } catch (error) {
      await this.#close()
      throw error
    }
  }

  /** Takes no more commands, sends what waits, and says `offline`. Does nothing when it does not run. */
  async stop(): Promise<void> {
    if (!this.#running) return
    await this.#close()
    await this.#outbox.flush()
    if (this.#bus.state.status === 'connected') await this.#publishAvailability('offline')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  event(type: string, data: Record<string, unknown>): void {
    if (!this.settings.events) return
    this.#send('events', { timestamp: seconds(), type, data }, 1)
  }

  notify(text: string): void {
    if (!this.settings.notifier) return
    this.#send('notify', { seq: this.#sequence++, timestamp: seconds(), msg: text }, 1)
  }

  log(record: Parameters<BotPublisher['log']>[0]): void {
    if (!this.settings.logger) return
    const { level, message, logger, timestamp = Date.now() } = record
    const levels = { level_no: LEVELS[level], level_name: level }
    this.#send('log', { timestamp: timestamp / 1_000, msg: message, ...levels, logger_name: logger }, 0)
  }

  performance(report: Parameters<BotPublisher['performance']>[0]): void {
    this.#tell('performance', report)
  }

  statusUpdate(type: string, message: string): void {
    this.#tell('status_updates', { timestamp: Date.now(), type, msg: message })
  }

  async #serveCommands(): Promise<void> {
    for (const name of Object.keys(this.#contract.commands) as CommandName[]) {
      const service = await this.#bus.serve(
        this.#contract.commands[name] as BotContract['commands']['start'],
        { bot: this.id },
        (request, context) => this.#execute(name, request, context),
        { acceptReplyTo: (replyTo) => !isBotAddress(replyTo), answerError: (error) => refusal(name, error) as never },
      )
      this.#opened.push(service)
    }
  }

  /** Never throws: whatever goes wrong is an answer with status 400. */
  async #execute(name: CommandName, request: unknown, context: RequestContext): Promise<never> {
    const task = (cancelled?: AbortSignal): Promise<Record<string, unknown>> => {
      const signal = cancelled ? AbortSignal.any([context.signal, cancelled]) : context.signal
      const { deadline, headers } = context
      return this.#inTime(
        name,
        run(this.#bot, name, request, { deadline, headers, signal, timeLeft: () => context.timeLeft() }),
      )
    }
    try {
      if (this.hasConflict && name !== 'stop')
        throw new CommandError(`another bot uses the id "${this.id}": only stop is accepted`)
      return (await (READING.has(name) ? task() : this.#lane.run(name, task))) as never
    } catch (error) {
      return refusal(name, error instanceof Error ? error : new CommandError(String(error))) as never
    }
  }

  async #inTime<Answer>(name: string, answer: Promise<Answer>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const text = `Hummingbot ${name} command timed out after ${this.#commandTimeout / 1_000} seconds`
      timer = setTimeout(() => reject(new CommandError(text)), this.#commandTimeout)
    })
    return Promise.race([answer, late]).finally(() => clearTimeout(timer))
  }

  async #listen(): Promise<void> {
    const listener = (message: Message<ExternalEvent>): unknown => {
      const name = message.params['name']?.replaceAll('/', '.')
      if (name === undefined || name === '') return undefined
      if (message.retained) return this.#warn(`a retained external event was ignored: ${message.topic}`)
      return this.#bot.externalEvent?.(name, message.data)
    }
    this.#opened.push(
      await this.#bus.subscribe(this.#contract.channels.externalEvent, { bot: this.id, name: '#' }, listener),
    )
  }

  #onState(state: TransportState): void {
    if (state.status === 'connected' && this.#running) this.#announce('online')
  }

  #announce(availability: 'online'): void {
    void this.#publishAvailability(availability).then(() => this.#heartbeat.beat())
    void this.#outbox.flush()
  }

  async #publishAvailability(availability: 'online' | 'offline'): Promise<void> {
    await this.#publishNow('status_updates', availabilityMessage(availability, this.#instance))
  }

  async #close(): Promise<void> {
    this.#running?.abort()
    this.#running = undefined
    this.#stopListening()
    const opened = this.#opened
    this.#opened = []
    await Promise.all(opened.map((member) => member.close()))
  }

  #send(suffix: string, data: unknown, qos: 0 | 1): void {
    this.#outbox.add({ topic: this.#topic(suffix), data, qos })
  }

  /** For what is worth nothing later: lost while the broker is away. */
  #tell(suffix: string, data: unknown): void {
    if (this.#running && this.#bus.state.status === 'connected') void this.#publishNow(suffix, data)
  }

  async #publishNow(suffix: string, data: unknown): Promise<void> {
    try {
      await this.#bus.publish(this.#topic(suffix), data)
    } catch (error) {
      if (!(BotbusError.is(error) && error.code === 'NOT_CONNECTED'))
        this.#warn(`could not publish on ${suffix}`, error)
    }
  }

  #topic(suffix: string): string {
    return `${this.settings.namespace}/${this.id}/${suffix}`
  }
}

/** What the broker should publish when the link of a bot breaks: the `lastWill` of `mqtt()`. */
export function lastWill(bot: { id: string; namespace?: string }): { topic: string; payload: string } {
  const { namespace } = bridgeSettings.parse({ namespace: bot.namespace })
  return { topic: `${namespace}/${bot.id}/status_updates`, payload: JSON.stringify(availabilityMessage('offline')) }
}

function availabilityMessage(availability: 'online' | 'offline', instance?: string): Record<string, unknown> {
  return { timestamp: Date.now(), type: 'availability', msg: availability, ...(instance ? { instance } : {}) }
}

function seconds(): number {
  return Math.floor(Date.now() / 1_000)
}

function describe(message: string, error: unknown): string {
  return error instanceof Error ? `${message}: ${error.message}` : message
}

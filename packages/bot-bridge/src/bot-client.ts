import {
  BotbusError,
  type Bus,
  type CallOptions,
  type ChannelContract,
  type ListenOptions,
  type MessageListener,
  type MessageStream,
  type Output,
  type RpcContract,
  type Subscription,
} from '@botbus/core'
import { assertBotId } from './bot-id.ts'
import type { BotContract, ChannelName, CommandName } from './contract/contract.ts'
import * as requests from './contract/requests.ts'
import { sharedContract } from './contract/shared-contract.ts'

/** Milliseconds that a command may take: bots work up to 30 s before they answer. */
export const COMMAND_TIMEOUT = 35_000

/** The answer of a command. `status` is 200, or 400 when the bot refused or failed. */
export type Answer<Name extends CommandName> = Output<BotContract['commands'][Name]['response']>

type Amount = { amount: number | string }

/** The arguments of each command. What is left out takes the bot's default. */
export interface Arguments {
  start: Partial<ReturnType<typeof requests.start.parse>>
  stop: Partial<ReturnType<typeof requests.stop.parse>>
  import: ReturnType<typeof requests.importStrategy.parse>
  config: Partial<ReturnType<typeof requests.config.parse>>
  balanceLimit: Omit<ReturnType<typeof requests.balanceLimit.parse>, 'amount'> & Amount
  balancePaper: Omit<ReturnType<typeof requests.balancePaper.parse>, 'amount'> & Amount
  history: Partial<ReturnType<typeof requests.history.parse>>
  status: Partial<ReturnType<typeof requests.status.parse>>
  commandShortcuts: ReturnType<typeof requests.commandShortcuts.parse>
}

/** What may be sent: the same schemas, but an unknown field is an error, as a bot would ignore it silently. */
const STRICT = {
  start: requests.start.strict(),
  stop: requests.stop.strict(),
  import: requests.importStrategy.strict(),
  config: requests.config.strict(),
  balanceLimit: requests.balanceLimit.strict(),
  balancePaper: requests.balancePaper.strict(),
  history: requests.history.strict(),
  status: requests.status.strict(),
  commandShortcuts: requests.commandShortcuts.strict(),
} as const

type OutgoingChannel = Exclude<ChannelName, 'externalEvent'>
type ChannelMessage<Name extends ChannelName> = Output<BotContract['channels'][Name]['message']>

export interface ExternalEventOptions {
  type?: string
  /** Integer, milliseconds since 1970. Default: now. */
  timestamp?: number
  /** Integer. Default: counts up from 0 for each client. */
  sequence?: number
}

export interface BotClientOptions {
  namespace?: string
  /** Default for every command, in ms: 35,000. */
  timeout?: number
  /** Asked before each command but stop; throw to refuse it. `BotDirectory.client` sets it. */
  check?: (command: CommandName) => void
}

/**
 * The controller's side of one bot, a real Hummingbot or any other. A command resolves with the bot's answer, also when its
 * status is 400; it rejects with a `BotbusError` when there is no answer, whose `outcome` says whether the command may have run.
 */
export class BotClient {
  readonly id: string
  readonly #bus: Bus
  readonly #contract: BotContract
  readonly #options: BotClientOptions
  #sequence = 0

  constructor(bus: Bus, id: string, options: BotClientOptions = {}) {
    assertBotId(id)
    this.id = id
    this.#bus = bus
    this.#options = options
    this.#contract = sharedContract(options.namespace)
  }

  start(request: Arguments['start'] = {}, options?: CallOptions): Promise<Answer<'start'>> {
    return this.#call('start', request, options)
  }

  stop(request: Arguments['stop'] = {}, options?: CallOptions): Promise<Answer<'stop'>> {
    return this.#call('stop', request, options)
  }

  import(request: Arguments['import'], options?: CallOptions): Promise<Answer<'import'>> {
    return this.#call('import', request, options)
  }

  /** Sets each `[key, value]` of `params`; without any, lists the configuration (passwords included: redact it before it is stored or shown). */
  config(request: Arguments['config'] = {}, options?: CallOptions): Promise<Answer<'config'>> {
    return this.#call('config', request, options)
  }

  balanceLimit(request: Arguments['balanceLimit'], options?: CallOptions): Promise<Answer<'balanceLimit'>> {
    return this.#call('balanceLimit', request, options)
  }

  balancePaper(request: Arguments['balancePaper'], options?: CallOptions): Promise<Answer<'balancePaper'>> {
    return this.#call('balancePaper', request, options)
  }

  history(request: Arguments['history'] = {}, options?: CallOptions): Promise<Answer<'history'>> {
    return this.#call('history', request, options)
  }

  status(request: Arguments['status'] = {}, options?: CallOptions): Promise<Answer<'status'>> {
    return this.#call('status', request, options)
  }

  commandShortcuts(request: Arguments['commandShortcuts'], options?: CallOptions): Promise<Answer<'commandShortcuts'>> {
    return this.#call('commandShortcuts', request, options)
  }

  /** The messages of one of the bot's channels as an async iterator. */
  messages<Name extends OutgoingChannel>(channel: Name, options?: ListenOptions): MessageStream<ChannelMessage<Name>> {
    return this.#bus.messages(this.#channel(channel), { bot: this.id }, options) as MessageStream<ChannelMessage<Name>>
  }

  /** Calls `listener` for each message of one of the bot's channels. */
  async on<Name extends OutgoingChannel>(
    channel: Name,
    listener: MessageListener<ChannelMessage<Name>>,
    options?: ListenOptions,
  ): Promise<Subscription> {
    return this.#bus.subscribe(this.#channel(channel), { bot: this.id }, listener as MessageListener, options)
  }

  /**
   * Sends an external event to the bot's strategy. `name` is `a.b`, topic `external/event/a/b`. Resolves when the
   * broker has it: nobody confirms that a strategy read it. What a Hummingbot would misread rejects with `INVALID_ARGUMENT`: it takes
   * for the name what follows the first `event/` of the topic.
   */
  async sendEvent(name: string, data: Record<string, unknown>, options: ExternalEventOptions = {}): Promise<void> {
    const path = name.replaceAll('.', '/')
    if (!/^[^/+#\s]+(\/[^/+#\s]+)*$/.test(path) || path.includes('event/')) {
      throw new BotbusError(
        'INVALID_ARGUMENT',
        `event name ${JSON.stringify(name)} must be words joined by ".", of which only the last may end in "event"`,
      )
    }
    if (this.id.endsWith('event')) {
      throw new BotbusError(
        'INVALID_ARGUMENT',
        `the bot "${this.id}" would misread the name of the event: its id ends in "event"`,
      )
    }
    const { type = 'external_event', timestamp = Date.now(), sequence = this.#sequence++ } = options
    const event = { timestamp, sequence, type, data }
    await this.#bus.publish(this.#contract.channels.externalEvent, { bot: this.id, name: path }, event, { qos: 1 })
  }

  /** Programs without types may name what is no channel. */
  #channel(name: OutgoingChannel): ChannelContract {
    const contract: ChannelContract | undefined = this.#contract.channels[name]
    if (contract) return contract
    const known = Object.keys(this.#contract.channels).filter((channel) => channel !== 'externalEvent')
    throw new BotbusError('INVALID_ARGUMENT', `bots have no channel "${name}"; there are ${known.join(', ')}`)
  }

  async #call<Name extends CommandName>(
    name: Name,
    request: Arguments[Name],
    options: CallOptions = {},
  ): Promise<Answer<Name>> {
    if (name !== 'stop') this.#options.check?.(name)
    const command: RpcContract = { ...this.#contract.commands[name], request: STRICT[name] }
    const timeout = options.timeout ?? this.#options.timeout ?? COMMAND_TIMEOUT
    const answer = await this.#bus.call(command, { bot: this.id }, request, { ...options, timeout })
    return answer as Answer<Name>
  }
}

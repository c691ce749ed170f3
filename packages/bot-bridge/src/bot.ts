import type { RequestContext } from '@botbus/core'
import type {
  BalanceLimitRequest,
  BalancePaperRequest,
  CommandShortcutsRequest,
  ConfigRequest,
  ExternalEvent,
  HistoryRequest,
  ImportRequest,
  StartRequest,
  StatusRequest,
  StopRequest,
  Trade,
} from './contract/contract.ts'

type Awaitable<T> = T | Promise<T>

// biome-ignore lint/suspicious/noConfusingVoidType: an async method without a return is what most bots write
type Text = string | void

/**
 * What a command may know beside its arguments. `signal` fires at the caller's deadline, at the bridge's `commandTimeout`,
 * and for a start when a stop arrives: what goes on after that runs beside the next command.
 */
export type CommandContext = Pick<RequestContext, 'deadline' | 'timeLeft' | 'signal' | 'headers'>

/** What `config` answers: what was set, and the configuration as it is now. */
export interface ConfigAnswer {
  changes: [key: string, value: unknown][]
  config: { client: Record<string, unknown>; strategy: Record<string, unknown> }
}

/**
 * A trading bot, one method for each command. What a method returns becomes the answer, with status 200;
 * what it throws becomes status 400 with its message. A command without a method is answered with 400 too.
 *
 * The bridge runs start, stop, import, config, balance and shortcuts one at a time; `stop` goes before all that wait.
 * `status` and `history` may be called at any time.
 */
export interface Bot {
  /** A returned text becomes `msg`. */
  start?(request: StartRequest, context: CommandContext): Awaitable<Text>
  stop?(request: StopRequest, context: CommandContext): Awaitable<Text>
  import?(request: ImportRequest, context: CommandContext): Awaitable<Text>
  /** To answer 400 although some changes were applied, throw a `CommandError` with them. */
  config?(request: ConfigRequest, context: CommandContext): Awaitable<ConfigAnswer>
  /** A returned text becomes `data`. */
  balanceLimit?(request: BalanceLimitRequest, context: CommandContext): Awaitable<Text>
  balancePaper?(request: BalancePaperRequest, context: CommandContext): Awaitable<Text>
  history?(request: HistoryRequest, context: CommandContext): Awaitable<Trade[] | { trades: Trade[]; msg: string }>
  /** The text that a person reads. */
  status?(request: StatusRequest, context: CommandContext): Awaitable<string>
  /** One boolean for each shortcut: whether it was carried out. */
  commandShortcuts?(request: CommandShortcutsRequest, context: CommandContext): Awaitable<boolean[]>
  /** A message on `external/event/<a>/<b>`; its name is `a.b`. */
  externalEvent?(name: string, event: ExternalEvent): Awaitable<void>
}

/** Throw it to answer 400 with more than a message: its fields are added to the answer. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly answer: Readonly<Record<string, unknown>>

  constructor(message: string, answer: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.answer = answer
  }
}

/** What a bot tells the world. `Bridge` is one; a switch that is off makes its method do nothing. */
export interface BotPublisher {
  event(type: string, data: Record<string, unknown>): void
  notify(text: string): void
  log(record: {
    level: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL'
    message: string
    logger: string
    timestamp?: number
  }): void
  /** By controller id. */
  performance(
    report: Record<string, { performance?: Record<string, unknown>; custom_info?: Record<string, unknown> }>,
  ): void
  statusUpdate(type: string, message: string): void
}

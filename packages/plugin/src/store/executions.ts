import type { JsonValue } from './json.ts'
import type { ListOptions } from './plugin-store.ts'

/**
 * `pending` waits for its turn; `sent` was about to leave, and may have; the others are ends. `unknown`: it may have run, and
 * nobody answered.
 */
export const EXECUTION_STATUSES = [
  'pending',
  'sent',
  'succeeded',
  'failed',
  'rejected',
  'expired',
  'unknown',
  'cancelled',
  'skipped',
] as const

export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number]

/** One thing to do, once: a command for a bot, an event, a message on a topic. */
export interface NewExecution {
  /** Executions of one lane run one after the other. */
  readonly lane: string
  /** The bot or topic. */
  readonly target: string
  /** What is done, in the plugin's own words: `command:start`, `event`, `publish`. */
  readonly operation: string
  readonly payload: JsonValue
  /** Milliseconds since 1970. It is not begun later. */
  readonly expiresAt: number
}

export interface Execution extends NewExecution {
  /** Sorts by the order in which they were planned. Also the idempotency key of the command. */
  readonly id: string
  /** The inbox entry that caused it. */
  readonly cause: string
  readonly status: ExecutionStatus
  readonly createdAt: number
  readonly sentAt?: number
  readonly endedAt?: number
  readonly reply?: JsonValue
  /** Why it ended as it did, where it did not succeed. */
  readonly reason?: string
}

export interface ExecutionResult {
  readonly status: Exclude<ExecutionStatus, 'pending' | 'sent'>
  readonly reply?: JsonValue
  readonly reason?: string
}

/** The journal: what was planned, what was sent, how it ended. Written before anything leaves. */
export interface Executions {
  /** `pending` -> `sent`. Resolves once that is on disk: only then may it leave. Rejects with `INVALID_ARGUMENT` when it is not pending. */
  begin(id: string): Promise<void>
  /** Ends it. Rejects with `INVALID_ARGUMENT` for one that has ended already, or is not there. */
  end(id: string, result: ExecutionResult): Promise<void>
  /** Those with one of these statuses, oldest first: what a start finds. */
  open(statuses: readonly ('pending' | 'sent')[]): Promise<readonly Execution[]>
  get(id: string): Promise<Execution | undefined>
  list(
    options?: ListOptions & { readonly cause?: string; readonly status?: ExecutionStatus },
  ): Promise<readonly Execution[]>
}

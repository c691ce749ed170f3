import type { AuditLog } from './audit.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { Executions } from './executions.ts'
import type { Inbox } from './inbox.ts'

/** Newest first. */
export interface ListOptions {
  /** At most so many. Default 100, at most 1,000. */
  readonly limit?: number
  /** Only those older than the one with this id. */
  readonly before?: string
}

/**
 * What the server keeps for one plugin; no plugin sees the rows of another, but for the audit log, which is one. What a method
 * writes survives a crash once its promise has resolved. Values of keys that name a secret are replaced before anything is
 * written. All methods reject with a `BotbusError`: `NOT_CONNECTED` or `INTERNAL` when the database cannot be used, `CLOSED` after
 * the plugin has stopped.
 */
export interface PluginStore {
  readonly inbox: Inbox
  readonly executions: Executions
  readonly deadLetters: DeadLetters
  readonly audit: AuditLog
}

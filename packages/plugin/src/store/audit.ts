import type { JsonObject } from './json.ts'
import type { ListOptions } from './plugin-store.ts'

export interface AuditRecord {
  /** `user:ada`, `token:ci`, `plugin:tradingview`, `local`. */
  readonly actor: string
  /** What was done: `dead-letter.replay`. */
  readonly action: string
  /** To what. */
  readonly target?: string
  readonly detail?: JsonObject
}

export interface AuditEntry extends AuditRecord {
  /** 1, 2, 3, ... without gaps. */
  readonly sequence: number
  readonly at: number
  /** SHA-256, in hex, of the entry together with the hash of the one before. */
  readonly hash: string
}

/** Who did what. Entries are never changed; each carries the hash of the one before, so that a change shows. */
export interface AuditLog {
  append(record: AuditRecord): Promise<void>
  list(options?: Omit<ListOptions, 'before'> & { readonly before?: number }): Promise<readonly AuditEntry[]>
}

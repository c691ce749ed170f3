import type { PluginStore } from '@botbus/plugin'
import type { Accounts } from './accounts.ts'
import type { Audit } from './audit/audit.ts'

export interface RetentionOptions {
  /** Ended executions and inbox entries are kept so long, in milliseconds. Default: 30 days. */
  readonly age?: number
  /** So many dead letters of a plugin are kept. Default: 10,000. */
  readonly deadLetters?: number
  /** From one clearing away to the next, in milliseconds; 0: never. Default: one minute. */
  readonly interval?: number
}

export interface StoreOptions {
  /** For `sqlite:`. `better-sqlite3` must be installed beside this package. Default: `node:sqlite`. */
  readonly driver?: 'node:sqlite' | 'better-sqlite3'
  /** Opens a database that is there, changes nothing in it, and refuses every write with `UNSUPPORTED`. Default: false. */
  readonly readOnly?: boolean
  /** So many executions of a plugin may wait. Default: 10,000. */
  readonly maxPending?: number
  readonly retention?: RetentionOptions
  /** What goes wrong where nobody waits for it: clearing away, a connection that ends while idle. Default: a process warning. */
  readonly onError?: (error: Error) => void
}

/** The store of one plugin. `close` waits for what is being written; every method rejects with `CLOSED` from then on. */
export interface ClosablePluginStore extends PluginStore {
  close(): Promise<void>
}

/** What the server keeps. */
export interface Store extends AsyncDisposable {
  /** A new one each time; the rows are those of the name. */
  forPlugin(name: string): ClosablePluginStore
  readonly accounts: Accounts
  readonly audit: Audit
  /** Resolves when the database answers, and rejects as other methods do when it does not within 5 s. */
  ping(): Promise<void>
  /** Waits for what is being written; every method rejects with `CLOSED` from then on. A second call waits for the first. */
  close(): Promise<void>
}

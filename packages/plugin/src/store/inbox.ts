import type { NewExecution } from './executions.ts'
import type { JsonValue } from './json.ts'
import type { ListOptions } from './plugin-store.ts'

/** While a guard is held, another entry with the same key is a duplicate. */
export interface Guard {
  /** Compared within the plugin: `demo:id:42`. At most 200 characters. */
  readonly key: string
  /** Milliseconds since 1970, by the server's clock. */
  readonly until: number
}

export interface NewInboxEntry {
  /** Where it came in: the name of a route. */
  readonly source: string
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /** Who sent it: an address. */
  readonly sender: string
  /** What was read, secrets removed. */
  readonly content: JsonValue
  readonly guards: readonly Guard[]
  /** What is to be done because of it. */
  readonly executions: readonly NewExecution[]
}

export interface InboxEntry extends Omit<NewInboxEntry, 'guards' | 'executions'> {
  /** Sorts by time of arrival. */
  readonly id: string
}

export type Acceptance =
  | { readonly status: 'stored'; readonly id: string; readonly executions: readonly string[] }
  /** Nothing was written. `id` is the entry that came first. */
  | { readonly status: 'duplicate'; readonly id: string }

/** What came in, kept before it is acknowledged to whoever sent it. */
export interface Inbox {
  /**
   * Checks the guards, then stores the entry, its guards and its executions, all in one step: of two entries with one
   * guard, one is stored. Rejects with `RESOURCE_EXHAUSTED` when more executions wait than the store takes
   * (`maxPending`, 10,000 as a rule).
   */
  accept(entry: NewInboxEntry): Promise<Acceptance>
  get(id: string): Promise<InboxEntry | undefined>
  list(options?: ListOptions & { readonly source?: string }): Promise<readonly InboxEntry[]>
}

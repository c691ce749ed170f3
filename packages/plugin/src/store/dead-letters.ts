import type { JsonValue } from './json.ts'
import type { ListOptions } from './plugin-store.ts'

export interface NewDeadLetter {
  readonly source: string
  readonly receivedAt: number
  readonly sender: string
  /** A stable code of the plugin. */
  readonly code: string
  /** For people. */
  readonly reason: string
  /** What was read, or the text that could not be; secrets removed. */
  readonly content: JsonValue
  /** The inbox entry and the execution, where it got so far. */
  readonly cause?: string
  readonly execution?: string
}

export interface DeadLetter extends NewDeadLetter {
  readonly id: string
  /** The inbox entry that replaying it made. */
  readonly replayedAs?: string
  readonly replayedAt?: number
}

/** What could not be done, with the reason. Only the newest 10,000 of a plugin are kept. */
export interface DeadLetters {
  add(letter: NewDeadLetter): Promise<string>
  get(id: string): Promise<DeadLetter | undefined>
  list(options?: ListOptions & { readonly source?: string; readonly code?: string }): Promise<readonly DeadLetter[]>
  /** Notes what a replay made. That it runs once is the work of a guard on the letter's id. */
  markReplayed(id: string, entry: string): Promise<void>
  remove(id: string): Promise<void>
}

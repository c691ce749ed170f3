import type { ConformanceTarget } from '../subject.ts'

/** The first message to a process. Not in its arguments: a target may hold a password. */
interface Task {
  /** Of the module that exports `transport`. */
  readonly module: string
  readonly target: ConformanceTarget
}

export interface PeerTask extends Task {
  /** Answers each request with its data, but never one whose data is `hold`. */
  readonly serve?: { readonly address: string; readonly group?: string }
  /** Subscribes with acknowledgements, and never finishes a message. */
  readonly acknowledge?: { readonly pattern: string; readonly group: string }
}

export interface BotTask extends Task {
  readonly id: string
  /** Milliseconds. */
  readonly heartbeatInterval: number
}

export type PeerReport =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'request'; readonly data: unknown }
  | { readonly type: 'message'; readonly data: unknown }

import type { ConformanceTarget } from '../subject.ts'

/** What a peer process shall do; its first message. Not in its arguments: a target may hold a password. */
export interface PeerTask {
  /** Of the module that exports `transport`. */
  readonly module: string
  readonly target: ConformanceTarget
  /** Answers each request with its data, but never one whose data is `hold`. */
  readonly serve?: { readonly address: string; readonly group?: string }
  /** Subscribes with acknowledgements, and never finishes a message. */
  readonly acknowledge?: { readonly pattern: string; readonly group: string }
}

export type PeerReport =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'request'; readonly data: unknown }
  | { readonly type: 'message'; readonly data: unknown }

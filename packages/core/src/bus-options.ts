import type { CodecLimits } from './codec.ts'
import type { BusHooks } from './hooks.ts'

export interface BusOptions {
  /** Strict setting: servers of this bus reply only to addresses that begin with one of these. Default: any that is safe. */
  replyPrefixes?: readonly string[]
  /** What payloads may hold, in and out. `maxBytes` is at most what the transport takes. */
  limits?: Partial<CodecLimits>
  hooks?: BusHooks
  /** Gives up connecting. */
  signal?: AbortSignal
}

export interface CloseOptions {
  /** How long running handlers may go on, in ms. Default 5,000. */
  grace?: number
}

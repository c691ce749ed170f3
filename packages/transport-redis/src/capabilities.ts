import type { Capabilities } from '@botbus/core'

/** What a server says of itself. */
export interface ServerProperties {
  /** Sharded channels: since Redis 7. */
  readonly sharded: boolean
  /** Bytes of one argument: `proto-max-bulk-len`. */
  readonly maxBulk: number
  /** Bytes that may wait for a subscriber before Redis cuts it off: `client-output-buffer-limit pubsub`. 0: no limit. */
  readonly maxWaiting: number
}

/** Redis 7 with its defaults. */
export const DEFAULTS: ServerProperties = { sharded: true, maxBulk: 512 * 1024 * 1024, maxWaiting: 32 * 1024 * 1024 }

/** Of the limit of what waits: memory is counted as it was allocated, a quarter more at most. */
const ALLOCATED = 0.75

/** What a message holds beside its payload: channel, glob, the head of a request, Redis's own bookkeeping. */
const OVERHEAD = 64 * 1024

export function capabilitiesOf(rpc: 'channels' | 'lists', server: ServerProperties): Capabilities {
  const { sharded, maxBulk, maxWaiting } = server
  return {
    wildcards: true,
    groups: 'servers',
    ordering: 'topic',
    atLeastOnce: false,
    noResponder: rpc === 'lists' ? 'presence' : sharded ? 'definite' : 'best-effort',
    cancellation: false,
    lastWill: false,
    retained: false,
    headers: 'envelope',
    maxPayload: (maxWaiting === 0 ? maxBulk : Math.min(maxBulk, Math.floor(maxWaiting * ALLOCATED))) - OVERHEAD,
  }
}

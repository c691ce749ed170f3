import type { Capabilities } from '@botbus/core'

/** What a batch of one record holds beside the payload: its header, the key, the topic in a header, lengths. */
const RECORD_OVERHEAD = 1_024

/** `maxMessageBytes`: of the topics, as they are. */
export function capabilitiesOf({ maxMessageBytes }: { maxMessageBytes: number }): Capabilities {
  return {
    wildcards: true,
    groups: 'all',
    ordering: 'key',
    atLeastOnce: true,
    noResponder: 'presence',
    cancellation: false,
    lastWill: false,
    retained: false,
    headers: 'envelope',
    maxPayload: Math.max(0, maxMessageBytes - RECORD_OVERHEAD),
  }
}

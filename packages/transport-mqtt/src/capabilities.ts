import type { Capabilities } from '@botbus/core'
import type { ServerProperties } from './link.ts'

/** The largest packet of MQTT: four bytes of seven bits of length (MQTT 5, section 1.5.5), and the fixed header. */
const MAX_PACKET = 268_435_455 + 5
/** What a PUBLISH holds beside its payload: fixed header, topic of at most 255 bytes, packet id, properties. */
const PACKET_OVERHEAD = 300

export function capabilitiesOf(version: 4 | 5, server: ServerProperties): Capabilities {
  return {
    wildcards: server.wildcardSubscriptionAvailable !== false,
    // MQTT 3.1.1 cannot tell whether a broker knows shared subscriptions: where not, `$share/...` is a topic like any other
    // and stays silent. And without identifiers a copy for the group cannot be told from a copy for ourselves.
    groups: sharesSubscriptions(version, server) ? 'all' : 'none',
    ordering: 'topic',
    atLeastOnce: false,
    noResponder: version === 5 ? 'best-effort' : 'presence',
    cancellation: false,
    lastWill: true,
    retained: server.retainAvailable !== false,
    headers: 'envelope',
    maxPayload: (server.maximumPacketSize ?? MAX_PACKET) - PACKET_OVERHEAD,
  }
}

function sharesSubscriptions(version: 4 | 5, server: ServerProperties): boolean {
  return version === 5 && server.sharedSubscriptionAvailable !== false && identifiesSubscriptions(version, server)
}

/** Whether each message says which of our subscriptions it belongs to. */
export function identifiesSubscriptions(version: 4 | 5, server: ServerProperties): boolean {
  return version === 5 && server.subscriptionIdentifiersAvailable !== false
}

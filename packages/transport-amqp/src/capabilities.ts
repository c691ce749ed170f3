import type { Capabilities } from '@botbus/core'

/** What RabbitMQ 4 takes unless its `max_message_size` says otherwise; RabbitMQ 3.10 takes 128 MiB. */
const MAX_PAYLOAD = 16 * 1024 * 1024

/** `mqttBots`: calls may end at a topic that anybody may subscribe to, so that the broker cannot tell who takes them. */
export function capabilitiesOf({ mqttBots }: { readonly mqttBots: boolean }): Capabilities {
  return {
    wildcards: true,
    groups: 'all',
    ordering: 'topic',
    atLeastOnce: true,
    noResponder: mqttBots ? 'best-effort' : 'definite',
    cancellation: false,
    lastWill: false,
    retained: false,
    headers: 'envelope',
    maxPayload: MAX_PAYLOAD,
  }
}

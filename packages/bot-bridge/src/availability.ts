import { fillTemplate } from '@botbus/core'
import { assertNewBotId } from './bot-id.ts'
import { botContract } from './contract/contract.ts'
import { checkSettings } from './settings.ts'

export type Availability = 'online' | 'offline'

/** A message on `status_updates` that says whether the bot is there, as Hummingbot writes it. */
export function availabilityMessage(availability: Availability, instance?: string) {
  return { timestamp: Date.now(), type: 'availability', msg: availability, ...(instance ? { instance } : {}) }
}

/**
 * What the broker should publish when the link of a bot breaks: the `lastWill` of `mqtt()`. Throws `INVALID_ARGUMENT`
 * for an id or a namespace that a bridge would refuse.
 */
export function lastWill(bot: { id: string; namespace?: string }): { topic: string; payload: string } {
  assertNewBotId(bot.id)
  const { namespace } = checkSettings(bot.namespace === undefined ? {} : { namespace: bot.namespace })
  const topic = fillTemplate(botContract(namespace).channels.statusUpdates.topic, { bot: bot.id }, false)
  return { topic, payload: JSON.stringify(availabilityMessage('offline')) }
}

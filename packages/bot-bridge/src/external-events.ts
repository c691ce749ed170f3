import type { Bus, Message, Subscription } from '@botbus/core'
import type { Bot } from './bot.ts'
import type { BotContract, ExternalEvent } from './contract/contract.ts'
import type { Warn } from './warn.ts'

interface ExternalEventsOptions {
  readonly bus: Bus
  readonly bot: Bot
  readonly channel: BotContract['channels']['externalEvent']
  readonly id: string
  readonly warn: Warn
}

/**
 * Hands each message on `external/event/<a>/<b>` to the bot, as event `a.b`, one at a time. A retained one says nothing about
 * now and is ignored; one that the schema refuses is dropped and counted by the bus.
 */
export function listenToExternalEvents(options: ExternalEventsOptions): Promise<Subscription> {
  const { bus, bot, channel, id, warn } = options
  const listener = (message: Message<ExternalEvent>): unknown => {
    const name = message.params['name']?.replaceAll('/', '.')
    if (name === undefined || name === '') return undefined
    if (message.retained) return warn(`a retained external event was ignored: ${message.topic}`)
    return bot.externalEvent?.(name, message.data)
  }
  return bus.subscribe(channel, { bot: id, name: '#' }, listener)
}

import { BotbusError } from './errors.ts'
import { assertTopic } from './topics.ts'

/** Decides whether a server may reply to the address that a caller named. */
export type ReplyRule = (replyTo: string) => boolean

/**
 * The rule of a bus. A caller chooses where the reply goes, so a careless server can be made to publish a command
 * on any topic ("reflection"). Broker-internal topics and wildcards are always refused; with `prefixes`
 * everything else is too, except what begins with one of them.
 */
export function replyRule(prefixes: readonly string[] | undefined): ReplyRule {
  return (replyTo) => {
    if (replyTo.startsWith('$')) return false
    try {
      assertTopic(replyTo)
    } catch (error) {
      if (BotbusError.is(error)) return false
      throw error
    }
    return prefixes === undefined || prefixes.some((prefix) => replyTo.startsWith(prefix))
  }
}

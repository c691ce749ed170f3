import { botContract, type CommandName, isBotId } from '@botbus/bridge'
import { AlertError } from '../alert-error.ts'
import type { RouteConfig } from '../config/config.ts'
import { takesEvents } from '../rules/event-name.ts'
import { compileGlobs } from '../rules/glob.ts'
import { topicProblem } from '../rules/topics.ts'

/** What a topic of another receiver means. */
export type Destination =
  | { readonly kind: 'command'; readonly bot: string; readonly command: CommandName }
  | { readonly kind: 'event'; readonly bot: string; readonly name: string }
  | { readonly kind: 'topic'; readonly topic: string }

/** `balance/limit` -> `balanceLimit` */
const COMMANDS = new Map<string, CommandName>(
  Object.entries(botContract('-').commands).map(([name, { address }]) => [
    address.slice('-/{bot}/'.length),
    name as CommandName,
  ]),
)

/** Hummingbot listens to the singular; messages of RogerThat as a rule have the plural. */
const EVENT = /^external\/events?\/(.+)$/

/** Throws `INVALID_FIELD` for what is no topic. */
export function destinationOf(topic: string, namespace: string): Destination {
  const [first, bot = '', ...rest] = topic.split('/')
  const path = rest.join('/')
  if (first === namespace && isBotId(bot)) {
    const command = COMMANDS.get(path)
    if (command !== undefined) return { kind: 'command', bot, command }
    const name = EVENT.exec(path)?.[1]
    if (name !== undefined) return { kind: 'event', bot, name: eventName(name) }
  }
  const problem = topicProblem(topic)
  if (problem !== undefined) throw new AlertError('INVALID_FIELD', problem)
  return { kind: 'topic', topic }
}

function eventName(path: string): string {
  if (/^[^/+#\s{}]+(\/[^/+#\s{}]+)*$/.test(path) && !path.includes('event/')) return path.replaceAll('/', '.')
  throw new AlertError('INVALID_FIELD', 'the topic of the event must end in words joined by "/"')
}

/** Throws `NOT_ALLOWED` for what the route does not let an alert name. Bots of the route itself are allowed. */
export function assertAllowed(destination: Destination, { allow, bot = [] }: RouteConfig): void {
  if (destination.kind === 'topic') {
    if (!compileGlobs(allow.topics)(destination.topic)) throw notAllowed('topic', 'allow.topics')
    return
  }
  if (!bot.includes(destination.bot) && !compileGlobs(allow.bots)(destination.bot)) {
    throw notAllowed('bot', 'allow.bots')
  }
  if (destination.kind === 'command' && !allow.commands.includes(destination.command)) {
    throw notAllowed(`command ${destination.command}`, 'allow.commands')
  }
  if (destination.kind === 'event' && !takesEvents(destination.bot)) {
    throw new AlertError('INVALID_FIELD', 'the bot would misread every event, as its id ends in "event"')
  }
}

function notAllowed(what: string, list: string): AlertError {
  return new AlertError('NOT_ALLOWED', `the alert names a ${what} that is not among ${list} of the route`)
}

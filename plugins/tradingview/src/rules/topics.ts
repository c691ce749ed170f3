import { botContract } from '@botbus/bridge'
import { assertTopic, extractParameters, messageOf } from '@botbus/core'
import { isFreeText } from './paths.ts'
import { pathsIn, templateProblem } from './template.ts'

const contract = botContract('-')

/** What follows the namespace in the addresses of all commands and channels of bots, and of replies. */
const BOT_ADDRESSES: readonly string[] = [
  ...Object.values(contract.commands).map((command) => command.address),
  ...Object.values(contract.channels).map((channel) => channel.topic),
  '-/{bot}/reply/{rest...}',
].map((address) => address.replace('-/', ''))

/**
 * Why nothing is published on a topic by a rule, or undefined. A command on a topic would go around the list of allowed commands
 * and the checks of a call, and a message on a channel would be one that no bot sent. `.` counts as `/`, as for some brokers.
 */
export function topicProblem(topic: string): string | undefined {
  try {
    assertTopic(topic)
  } catch (error) {
    return `${messageOf(error)}; accepted: levels joined by "/", without wildcards`
  }
  if (topic.startsWith('$') || topic.startsWith('_inbox/'))
    return `${topic} belongs to the broker or to calls; accepted: another topic`
  const levels = topic.replaceAll('.', '/').split('/')
  const isOfBots = levels.some((_, index) => index > 0 && isBotAddress(levels.slice(index).join('/')))
  if (!isOfBots) return undefined
  return `${topic} is a command or channel of bots; accepted: another topic, or an action with "command" or "event"`
}

function isBotAddress(rest: string): boolean {
  return BOT_ADDRESSES.some((address) => extractParameters(address, rest) !== undefined)
}

/** What is wrong with the topic of an action, whose levels may hold templates, or undefined. */
export function topicTemplateProblem(topic: string, allowedTopics: readonly string[]): string | undefined {
  const problem = templateProblem(topic)
  if (problem !== undefined) return problem
  const free = pathsIn(topic).find(isFreeText)
  if (free !== undefined && allowedTopics.length === 0) {
    return `"${free}" lets the alert choose the topic; accepted: with allow.topics, the topics that it may choose`
  }
  return topicProblem(topic.replace(/\{\{.*?\}\}/g, '-'))
}

import type { z } from 'zod'
import { commandProblem } from '../rules/command-arguments.ts'
import { takesEvents } from '../rules/event-name.ts'
import { topicProblem, topicTemplateProblem } from '../rules/topics.ts'
import type { Action } from './action.ts'
import type { route } from './route.ts'

const EVENT_TOPIC = /^[^/+#]+\/[^/+#]+\/external\/event\/[^+#]+$/

type Route = z.output<typeof route>

/** Something wrong, where, and what is accepted. */
export interface ConfigProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

interface Place {
  readonly path: readonly (string | number)[]
  readonly route: Route
  readonly groups: ReadonlySet<string>
}

/** What no single value shows. */
export function checkConfig(config: {
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly routes: Readonly<Record<string, Route>>
}): ConfigProblem[] {
  const groups = new Set(Object.keys(config.groups))
  return Object.entries(config.routes).flatMap(([name, route]) => checkRoute({ path: ['routes', name], route, groups }))
}

function checkRoute(place: Place): ConfigProblem[] {
  const { path, route } = place
  const problems: ConfigProblem[] = [...checkDropIn(place), ...checkTargets(place, route.bot ?? [], [...path, 'bot'])]
  if (route.secrets.length === 0 && !route.certificate) {
    problems.push({
      path: [...path, 'secrets'],
      message: 'anybody could send alerts here; accepted: one secret at least, or certificate: true',
    })
  }
  if (route.columns !== undefined && route.dialect !== 'csv' && route.dialect !== 'pipes' && route.dialect !== 'auto') {
    problems.push({ path: [...path, 'columns'], message: 'accepted: with dialect auto, csv or pipes only' })
  }
  for (const [index, topic] of route.allow.topics.entries()) {
    const message = topicProblem(topic.replaceAll('**', '-').replaceAll('*', '-'))
    if (message !== undefined) problems.push({ path: [...path, 'allow', 'topics', index], message })
  }
  for (const [index, rule] of route.rules.entries()) {
    for (const [step, action] of rule.do.entries()) {
      problems.push(...checkAction({ ...place, path: [...path, 'rules', index, 'do', step] }, action))
    }
  }
  return problems
}

function checkDropIn({ path, route }: Place): ConfigProblem[] {
  if (route.dropIn === undefined) {
    if (route.topic !== undefined) return [{ path: [...path, 'topic'], message: 'accepted: with dropIn only' }]
    if (route.rules.length > 0) return []
    const example = 'do: [{ preset: order.market }]'
    return [
      {
        path: [...path, 'rules'],
        message: `nothing would ever be done; accepted: one rule at least, such as ${example}`,
      },
    ]
  }
  if (route.rules.length > 0) return [{ path: [...path, 'rules'], message: 'accepted: without dropIn only' }]
  if (route.dropIn !== 'tradingview-webhook-mqtt') return []
  if (route.topic === undefined) {
    return [
      {
        path: [...path, 'topic'],
        message: 'accepted: the topic on which tradingview-webhook-mqtt publishes; it is missing',
      },
    ]
  }
  // An alert for the topic of an external event becomes that event.
  const message = EVENT_TOPIC.test(route.topic) ? undefined : topicProblem(route.topic)
  return message === undefined ? [] : [{ path: [...path, 'topic'], message }]
}

function checkTargets({ groups }: Place, targets: readonly string[], path: ConfigProblem['path']): ConfigProblem[] {
  const unknown = targets.find((target) => target.startsWith('@') && !groups.has(target.slice(1)))
  if (unknown === undefined) return []
  const known = [...groups].map((group) => `@${group}`).join(', ') || 'none, as there are no groups'
  return [{ path, message: `there is no group ${unknown}; accepted: ${known}` }]
}

function checkAction(place: Place, action: Action): ConfigProblem[] {
  const { path, route } = place
  const { topics, commands } = route.allow
  switch (action.kind) {
    case 'ignore':
      return []
    case 'publish':
      return found(path, 'publish', topicTemplateProblem(action.topic, topics))
    case 'ml_signals':
      return action.topic === undefined ? [] : found(path, 'topic', topicTemplateProblem(action.topic, topics))
    case 'command': {
      const message = commands.includes(action.command)
        ? commandProblem(action.command, action.arguments)
        : `the command "${action.command}" is not among allow.commands of the route; accepted: ${commands.join(', ') || 'none so far'}`
      return [...found(path, 'command', message), ...checkBots(place, action.to)]
    }
    case 'bot.action': {
      const isAllowed = commands.includes('start') || commands.includes('stop')
      const message = isAllowed ? undefined : 'accepted: with start or stop among allow.commands of the route'
      return [...found(path, 'preset', message), ...checkBots(place, action.to)]
    }
    default:
      return [...checkBots(place, action.to), ...checkEventBots(place, action.to)]
  }
}

function checkBots(place: Place, to: readonly string[] | undefined): ConfigProblem[] {
  const { path, route } = place
  if (to !== undefined) return checkTargets(place, to, [...path, 'to'])
  if (route.bot !== undefined || route.allow.bots.length > 0) return []
  return [
    {
      path: [...path, 'to'],
      message: 'no bot is named; accepted: to here, bot in the route, or allow.bots for what alerts name',
    },
  ]
}

function checkEventBots({ path, route }: Place, to: readonly string[] | undefined): ConfigProblem[] {
  const deaf = (to ?? route.bot ?? []).find(
    (target) => !target.startsWith('@') && !target.includes('*') && !takesEvents(target),
  )
  if (deaf === undefined) return []
  return [
    {
      path: [...path, 'to'],
      message: `the bot "${deaf}" would misread every event; accepted: an id that does not end in "event"`,
    },
  ]
}

function found(path: ConfigProblem['path'], key: string, message: string | undefined): ConfigProblem[] {
  return message === undefined ? [] : [{ path: [...path, key], message }]
}

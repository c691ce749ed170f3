import type { CommandName } from '@botbus/bridge'
import type { JsonObject } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import type { Action } from '../config/action.ts'
import type { RouteConfig } from '../config/config.ts'
import type { Delivery } from '../delivery.ts'
import type { Signal } from '../signal.ts'
import { argumentsProblem } from './command-arguments.ts'
import { takesEvents } from './event-name.ts'
import { compileMarketOrder, MARKET_ORDER_EVENT } from './market-order.ts'
import { compileMlSignals } from './ml-signals.ts'
import type { PlanContext } from './plan-context.ts'
import { compileTopic } from './publish-topic.ts'
import { compileTargets } from './targets.ts'
import { compileObject, compileValue, unknownMarket } from './template.ts'

/** Adds what an action makes of a signal. Throws an `AlertError`. */
export type Act = (signal: Signal, context: PlanContext, deliveries: Delivery[]) => void

type Doing = Exclude<Action, { kind: 'ignore' }>

/** Compiles one action of a rule. */
export function compileAction(action: Doing, route: RouteConfig, groups: PlanContext['groups']): Act {
  if (action.kind === 'publish') {
    return toTopic(compileTopic(action.topic, route.allow.topics), compileValue(action.message))
  }
  if (action.kind === 'ml_signals') {
    const topic = action.topic === undefined ? mlTopic : compileTopic(action.topic, route.allow.topics)
    return toTopic(topic, compileMlSignals(action))
  }
  const targets = compileTargets({ to: action.to, bot: route.bot, allowed: route.allow.bots, groups })
  if (action.kind === 'command' || action.kind === 'bot.action') {
    const order = compileCommand(action, route)
    return (signal, context, deliveries) => {
      const command = order(signal)
      for (const bot of targets(signal, context)) deliveries.push({ kind: 'command', bot, ...command })
    }
  }
  const event = compileEvent(action)
  return (signal, context, deliveries) => {
    const content = event(signal)
    for (const bot of targets(signal, context)) {
      assertTakesEvents(bot)
      deliveries.push({ kind: 'event', bot, ...content })
    }
  }
}

function toTopic(
  topic: (signal: Signal, context: PlanContext) => string,
  message: ReturnType<typeof compileValue>,
): Act {
  return (signal, context, deliveries) => {
    deliveries.push({ kind: 'publish', topic: topic(signal, context), message: message(signal) })
  }
}

function mlTopic(signal: Signal, { namespace }: PlanContext): string {
  const { market, ticker } = signal
  if (market) return `${namespace}/predictions/${market.pair.toLowerCase().replace('-', '_')}/ML_SIGNALS`
  if (ticker === undefined) throw new AlertError('INVALID_FIELD', 'the alert does not say which market it means')
  throw unknownMarket(signal)
}

type EventAction = Extract<Action, { kind: 'event' | 'order.market' }>
type EventContent = Pick<Extract<Delivery, { kind: 'event' }>, 'name' | 'data' | 'type'>

function compileEvent(action: EventAction): (signal: Signal) => EventContent {
  if (action.kind === 'order.market') {
    const order = compileMarketOrder(action.data)
    return (signal) => ({ name: MARKET_ORDER_EVENT, data: order(signal) })
  }
  const data = compileObject(action.data)
  const { name, type } = action
  return (signal) => ({ name, data: data(signal), ...(type === undefined ? {} : { type }) })
}

function assertTakesEvents(bot: string): void {
  if (takesEvents(bot)) return
  throw new AlertError('INVALID_FIELD', `the bot "${bot}" would misread every event, as its id ends in "event"`)
}

type CommandAction = Extract<Action, { kind: 'command' | 'bot.action' }>
interface Order {
  readonly command: CommandName
  readonly arguments: JsonObject
}

function compileCommand(action: CommandAction, route: RouteConfig): (signal: Signal) => Order {
  const isAllowed = (command: CommandName): boolean => route.allow.commands.includes(command)
  if (action.kind === 'bot.action') {
    return ({ botAction }) => {
      if (botAction === undefined)
        throw new AlertError('INVALID_FIELD', 'the alert does not ask to start or stop a bot')
      if (isAllowed(botAction)) return { command: botAction, arguments: {} }
      throw new AlertError(
        'NOT_ALLOWED',
        `the alert asks for the command ${botAction}, which is not among allow.commands of the route`,
      )
    }
  }
  const { command } = action
  const fill = compileObject(action.arguments)
  return (signal) => {
    const filled = fill(signal)
    if (!isAllowed(command))
      throw new AlertError('NOT_ALLOWED', `the command ${command} is not among allow.commands of the route`)
    const problem = argumentsProblem(command, filled)
    if (problem !== undefined) throw new AlertError('INVALID_FIELD', problem)
    return { command, arguments: filled }
  }
}

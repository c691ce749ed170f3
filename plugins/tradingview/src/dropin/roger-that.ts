import { botContract, type CommandName } from '@botbus/bridge'
import type { JsonObject, JsonValue } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import type { RouteConfig } from '../config/config.ts'
import type { Delivery } from '../delivery.ts'
import { argumentsProblem } from '../rules/command-arguments.ts'
import type { PlanContext } from '../rules/plan-context.ts'
import { assertAllowed, destinationOf } from './destination.ts'
import { toInteger, toMilliseconds, toNumber } from './numbers.ts'
import { isObject } from './webhook-mqtt.ts'

interface Read {
  readonly time: number | undefined
  readonly delivery: Delivery
}

const CONTRACT = botContract()

/** Fields of the envelope; what else a message has is its content. */
const ENVELOPE: ReadonlySet<string> = new Set(['topic', 'is_raw_msg', 'api_key', 'timestamp', 'sequence', 'type'])
const NUMBERS: ReadonlySet<string> = new Set(['price', 'volume', 'inventory', 'amount'])

/**
 * A message of RogerThat: a command of a bot, an external event, or a message on a topic that the route allows. Commands take the
 * fields that they know, as the bots' contract reads them: `"false"` is false, `"-1"` a number. An event carries `data` as it is, or
 * else the fields of the message, numbers as numbers.
 */
export function readRogerThat(fields: JsonObject, route: RouteConfig, { namespace }: PlanContext): Read {
  const topic = own(fields, 'topic')
  if (typeof topic !== 'string' || topic === '') throw new AlertError('INVALID_FIELD', 'the field "topic" is missing')
  const destination = destinationOf(topic, namespace)
  assertAllowed(destination, route)
  const time = toMilliseconds(own(fields, 'timestamp'))
  if (destination.kind === 'command') {
    const { bot, command } = destination
    return { time, delivery: { kind: 'command', bot, command, arguments: argumentsOf(command, fields) } }
  }
  if (destination.kind === 'topic') {
    const { topic: on } = destination
    return {
      time,
      delivery: { kind: 'publish', topic: on, message: without(fields, ['topic', 'is_raw_msg', 'api_key']) },
    }
  }
  const { bot, name } = destination
  const type = own(fields, 'type')
  const sequence = toInteger(own(fields, 'sequence')) ?? toMilliseconds(own(fields, 'sequence'))
  const envelope = {
    ...(typeof type === 'string' && type !== '' ? { type } : {}),
    ...(time === undefined ? {} : { timestamp: time }),
    ...(sequence === undefined ? {} : { sequence }),
  }
  return { time, delivery: { kind: 'event', bot, name, data: dataOf(fields), ...envelope } }
}

/**
 * As the bots' contract reads them: `"false"` is false. What the command has no name for is left out, as a bot would ignore it, and
 * what the message does not say is left to the bot.
 */
function argumentsOf(command: CommandName, fields: JsonObject): JsonObject {
  const { request } = CONTRACT.commands[command]
  const names = Object.keys(request.shape).filter((name) => Object.hasOwn(fields, name))
  const given = Object.fromEntries(names.map((name) => [name, fields[name] ?? null]))
  const problem = argumentsProblem(command, given)
  if (problem !== undefined) throw new AlertError('INVALID_FIELD', problem)
  const read: Readonly<Record<string, unknown>> = request.parse(given)
  return Object.fromEntries(names.map((name) => [name, read[name] as JsonValue]))
}

function dataOf(fields: JsonObject): JsonObject {
  const data = own(fields, 'data')
  if (isObject(data)) return data
  if (data !== undefined && data !== null) throw new AlertError('INVALID_FIELD', 'the field "data" must be an object')
  const content = without(fields, [...ENVELOPE, 'data'])
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, NUMBERS.has(name) ? (toNumber(value) ?? value) : value]),
  )
}

function without(fields: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

function own(fields: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

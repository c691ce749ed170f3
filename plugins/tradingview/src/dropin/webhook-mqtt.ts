import type { JsonObject, JsonValue } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import type { RouteConfig } from '../config/config.ts'
import type { Delivery } from '../delivery.ts'
import type { PlanContext } from '../rules/plan-context.ts'
import { assertAllowed, destinationOf } from './destination.ts'

interface Read {
  readonly time: number | undefined
  readonly delivery: Delivery
}

/**
 * `{"key", "data": {}, "topic"?}`: publishes the data, as it is, on the topic of the route, or on the one that the alert names, if the
 * route allows it. On the topic of an external event it becomes one: a bot would read bare data as an empty event.
 */
export function readWebhookMqtt(fields: JsonObject, route: RouteConfig, { namespace }: PlanContext): Read {
  const data = Object.hasOwn(fields, 'data') ? fields['data'] : undefined
  if (!isObject(data)) throw new AlertError('INVALID_FIELD', 'the field "data" must be an object')
  const named = Object.hasOwn(fields, 'topic') ? fields['topic'] : undefined
  if (named !== undefined && named !== null && typeof named !== 'string') {
    throw new AlertError('INVALID_FIELD', 'the field "topic" must be text')
  }
  // A message without topic says `""` or null as well.
  const topic = named || route.topic || ''
  const destination = destinationOf(topic, namespace)
  if (topic !== route.topic) assertAllowed(destination, route)
  if (destination.kind === 'command') {
    throw new AlertError('NOT_ALLOWED', 'a command is no message: this route only publishes')
  }
  const delivery: Delivery =
    destination.kind === 'event'
      ? { kind: 'event', bot: destination.bot, name: destination.name, data }
      : { kind: 'publish', topic: destination.topic, message: data }
  return { time: undefined, delivery }
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

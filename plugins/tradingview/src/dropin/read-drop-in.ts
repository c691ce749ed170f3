import type { JsonObject } from '@botbus/plugin'
import type { RouteConfig } from '../config/config.ts'
import type { Plan } from '../delivery.ts'
import type { PlanContext } from '../rules/plan-context.ts'
import { readRogerThat } from './roger-that.ts'
import { readWebhookMqtt } from './webhook-mqtt.ts'

/** A request of another receiver, in our words. */
export interface DropInAlert {
  readonly id: string | undefined
  /** Milliseconds since 1970, where the request says when. */
  readonly time: { readonly time?: number }
  readonly plan: Plan
}

export type DropIn = NonNullable<RouteConfig['dropIn']>

/** Throws an `AlertError`: `INVALID_FIELD`, or `NOT_ALLOWED` for a bot, topic or command that the route does not allow. */
export function readDropIn(kind: DropIn, fields: JsonObject, route: RouteConfig, context: PlanContext): DropInAlert {
  const { time, delivery } =
    kind === 'rogerthat' ? readRogerThat(fields, route, context) : readWebhookMqtt(fields, route, context)
  return {
    // Neither of them has a name for a request that would be its own for ever.
    id: undefined,
    time: time === undefined ? {} : { time },
    plan: { kind: 'deliver', rule: kind, deliveries: [delivery] },
  }
}

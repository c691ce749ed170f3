import type { RouteConfig } from '../config/config.ts'
import type { Plan } from '../delivery.ts'
import type { Signal } from '../signal.ts'
import { compileRoute } from './compile-route.ts'
import type { PlanContext } from './plan-context.ts'

export const NO_RULE_MATCHES = 'no rule matches'

/**
 * What the route makes of a signal: the first rule whose conditions all hold counts. Selectors are resolved now, and stay as they are in
 * the plan. Throws an `AlertError`: `INVALID_FIELD` for what the rule needs and the alert does not have, `NOT_ALLOWED` for a bot,
 * topic or command that the route does not let the alert name, `UNKNOWN_SYMBOL`.
 */
export function planAlert(signal: Signal, route: RouteConfig, context: PlanContext): Plan {
  for (const rule of compileRoute(route, context.groups).rules) {
    if (rule.firstFailure(signal) === undefined) return rule.plan(signal, context)
  }
  return { kind: 'ignore', reason: NO_RULE_MATCHES }
}

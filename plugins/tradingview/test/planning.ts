import { type RouteConfig, tradingviewConfig } from '../src/config/config.ts'
import type { PlanContext } from '../src/rules/plan-context.ts'

/** A route with a secret and whatever is given. */
export function routeOf(given: Readonly<Record<string, unknown>>, groups: PlanContext['groups'] = {}): RouteConfig {
  const demo = { secrets: ['0f8c1d2e3b4a59687786'], ...given }
  const { routes } = tradingviewConfig.parse({ groups, routes: { demo } })
  const [route] = Object.values(routes)
  if (!route) throw new TypeError('there is no route')
  return route
}

/** Where alerts are planned; `ids` are the bots that were heard. */
export function inContext(given: Partial<PlanContext> & { ids?: readonly string[] } = {}): PlanContext {
  const { ids = [], ...rest } = given
  return { bots: { bots: ids.map((id) => ({ id })) }, namespace: 'hbot', groups: {}, ...rest }
}

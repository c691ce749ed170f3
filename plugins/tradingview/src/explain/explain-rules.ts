import type { RouteConfig } from '../config/config.ts'
import { compileRoute } from '../rules/compile-route.ts'
import type { PlanContext } from '../rules/plan-context.ts'
import type { Signal } from '../signal.ts'
import type { RuleExplanation } from './explanation.ts'

/** How each rule of the route comes off. */
export function explainRules(signal: Signal, route: RouteConfig, groups: PlanContext['groups']): RuleExplanation[] {
  let isDecided = false
  return compileRoute(route, groups).rules.map((rule): RuleExplanation => {
    if (isDecided) return { rule: rule.name, verdict: 'not reached' }
    const failure = rule.firstFailure(signal)
    if (failure === undefined) {
      isDecided = true
      return { rule: rule.name, verdict: 'matches' }
    }
    const { path, wanted, found } = failure
    const seen = found === undefined ? {} : { found }
    return { rule: rule.name, verdict: 'does not match', condition: path, wanted, ...seen }
  })
}

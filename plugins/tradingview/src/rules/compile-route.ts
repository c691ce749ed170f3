import { AlertError } from '../alert-error.ts'
import type { RouteConfig } from '../config/config.ts'
import type { RuleConfig } from '../config/rule.ts'
import type { Delivery, Plan } from '../delivery.ts'
import type { Signal } from '../signal.ts'
import { compileAction } from './actions.ts'
import { compileWhen, type Matcher } from './match.ts'
import { MAX_DELIVERIES, type PlanContext } from './plan-context.ts'

interface CompiledRule extends Matcher {
  /** Its name, or `rule 2`. */
  readonly name: string
  /** What it makes of a signal that it matches. Throws an `AlertError`. */
  plan(signal: Signal, context: PlanContext): Plan
}

export interface CompiledRoute {
  readonly rules: readonly CompiledRule[]
}

type Groups = PlanContext['groups']

const compiled = new WeakMap<RouteConfig, { readonly groups: Groups; readonly route: CompiledRoute }>()

/** Compiles the rules of a route; the same route with the same groups is compiled once. */
export function compileRoute(route: RouteConfig, groups: Groups): CompiledRoute {
  const known = compiled.get(route)
  if (known?.groups === groups) return known.route
  const fresh = { rules: route.rules.map((rule, index) => compileRule(rule, index, route, groups)) }
  compiled.set(route, { groups, route: fresh })
  return fresh
}

function compileRule(rule: RuleConfig, index: number, route: RouteConfig, groups: Groups): CompiledRule {
  const name = rule.name ?? `rule ${index + 1}`
  const matcher = compileWhen(rule.when)
  const [first] = rule.do
  if (first?.kind === 'ignore') {
    const plan: Plan = { kind: 'ignore', rule: name, reason: first.reason }
    return { name, firstFailure: matcher.firstFailure, plan: () => plan }
  }
  const acts = rule.do.flatMap((action) => (action.kind === 'ignore' ? [] : [compileAction(action, route, groups)]))
  return {
    name,
    firstFailure: matcher.firstFailure,
    plan(signal, context) {
      const deliveries: Delivery[] = []
      for (const act of acts) act(signal, context, deliveries)
      assertCount(deliveries.length)
      return { kind: 'deliver', rule: name, deliveries }
    },
  }
}

function assertCount(count: number): void {
  if (count <= MAX_DELIVERIES) return
  throw new AlertError('INVALID_FIELD', `the alert would cause ${count} messages, more than ${MAX_DELIVERIES}`)
}

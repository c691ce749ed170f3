import type { Health } from '@botbus/bridge'
import type { RouteConfig } from '../config/config.ts'
import type { Delivery } from '../delivery.ts'
import type { PlanContext } from '../rules/plan-context.ts'

/** What is known of the bots; without `get`, nothing is said of their health. */
export interface ExplainContext extends PlanContext {
  readonly bots: PlanContext['bots'] & { get?(id: string): { readonly health: Health } | undefined }
}

const HEALTH: Readonly<Record<Health, string | undefined>> = {
  online: undefined,
  late: undefined,
  stale: 'was not heard for a while',
  offline: 'is offline',
  conflict: 'is there twice, under one id',
}

/** The bots of the deliveries that are not well, each once, and what the route does then. */
export function warningsOf(deliveries: readonly Delivery[], route: RouteConfig, { bots }: ExplainContext): string[] {
  if (!bots.get) return []
  const ids = new Set(deliveries.flatMap((delivery) => (delivery.kind === 'publish' ? [] : [delivery.bot])))
  const warnings: string[] = []
  for (const id of ids) {
    const presence = bots.get(id)
    const problem = presence ? HEALTH[presence.health] : 'was never heard'
    if (problem !== undefined) warnings.push(`the bot "${id}" ${problem}: ${whatThen(route)}`)
  }
  return warnings
}

function whatThen({ unavailable, holdFor }: RouteConfig): string {
  if (unavailable === 'publish') return 'it would be sent all the same'
  if (unavailable === 'dead-letter') return 'the delivery would become a dead letter'
  return `the delivery would wait for it, ${holdFor} s at most`
}

import type { JsonObject } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import type { RouteConfig } from '../config/config.ts'
import { MIN_SECRET_LENGTH } from '../config/secret-text.ts'
import type { Secrets } from '../config/secrets.ts'
import type { Delivery } from '../delivery.ts'
import { answerOfError } from '../receive/answer.ts'
import { type Incoming, planIncoming, readIncoming, signalOf } from '../receive/incoming.ts'
import { withoutSecrets } from '../receive/redacted.ts'
import { NO_RULE_MATCHES, planAlert } from '../rules/plan-alert.ts'
import type { Signal } from '../signal.ts'
import { explainRules } from './explain-rules.ts'
import type { AlertExplanation, Explanation, Refusal } from './explanation.ts'
import { type ExplainContext, warningsOf } from './warnings.ts'

export interface ExplainOptions {
  /** Milliseconds since 1970. Default: now. */
  readonly now?: number
  /** Given, the secret of the alert is compared; else it is only looked for. */
  readonly secrets?: Secrets
  /** What stood in the URL, for the drop-in that takes it from there. */
  readonly apiKey?: string
}

/**
 * What the route would do with a body, step by step, on the way of real alerts but without a store: nothing is sent, and nothing is
 * guarded against duplicates. Never throws for what is wrong with the body. The explanation holds no secret that the alert shows.
 */
export function explain(
  body: Uint8Array,
  route: RouteConfig,
  context: ExplainContext,
  options: ExplainOptions = {},
): Explanation {
  let incoming: readonly Incoming[]
  try {
    incoming = readIncoming(route, body, options.apiKey)
  } catch (error) {
    return summary(route, context, [], refusalOf(error))
  }
  const alerts = incoming.map((one) => explainIncoming(one, route, context, options))
  return summary(route, context, alerts)
}

/** The same from the signal on: which rule counts, and what would be sent. */
export function explainSignal(
  signal: Signal,
  route: RouteConfig,
  context: ExplainContext,
): Pick<AlertExplanation, 'rules' | 'plan' | 'refusal'> {
  const rules = explainRules(signal, route, context.groups)
  return { rules, ...outcomeOf(() => planAlert(signal, route, context)) }
}

function explainIncoming(
  incoming: Incoming,
  route: RouteConfig,
  context: ExplainContext,
  { now = Date.now(), secrets }: ExplainOptions,
): AlertExplanation {
  const { fields, presented } = incoming
  const secret = secretOf(route, presented, secrets)
  const signal = route.dropIn === undefined ? signalIn(route, incoming) : undefined
  const outcome =
    secret === 'missing' || secret === 'wrong'
      ? { refusal: { code: 'UNAUTHORIZED' as const, message: `the secret is ${secret}` } }
      : outcomeOf(() => planIncoming(route, incoming, { context, now }).plan)
  const explanation: AlertExplanation = {
    dialect: fields.dialect,
    fields: signal?.fields ?? fields.values,
    secret,
    ...(signal === undefined ? {} : { signal }),
    ...(signal?.time === undefined ? {} : { age: now - signal.time }),
    rules: signal === undefined ? [] : explainRules(signal, route, context.groups),
    ...outcome,
  }
  // What is shorter is no secret of any route, and may be a word of the explanation itself.
  const secretsShown = presented.filter((text) => text.length >= MIN_SECRET_LENGTH)
  return withoutSecrets(explanation as unknown as JsonObject, secretsShown) as unknown as AlertExplanation
}

/** Undefined where the alert is not understood; why, planning it tells. */
function signalIn(route: RouteConfig, { fields }: Incoming): Signal | undefined {
  try {
    return signalOf(route, fields)
  } catch (error) {
    if (error instanceof AlertError) return undefined
    throw error
  }
}

function outcomeOf(plan: () => AlertExplanation['plan'] & object): Pick<AlertExplanation, 'plan' | 'refusal'> {
  try {
    return { plan: plan() }
  } catch (error) {
    return { refusal: refusalOf(error) }
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof AlertError) return { code: error.code, message: error.message }
  throw error
}

function secretOf(
  route: RouteConfig,
  presented: readonly string[],
  secrets: Secrets | undefined,
): AlertExplanation['secret'] {
  if (route.secrets.length === 0) return 'not needed'
  if (presented.length === 0) return 'missing'
  if (!secrets) return 'present'
  return secrets.matches(presented) ? 'accepted' : 'wrong'
}

function summary(
  route: RouteConfig,
  context: ExplainContext,
  alerts: readonly AlertExplanation[],
  unread?: Refusal,
): Explanation {
  const refusal = unread ?? alerts.find((alert) => alert.refusal !== undefined)?.refusal
  const deliveries = alerts.flatMap(({ plan }) => (plan?.kind === 'deliver' ? plan.deliveries : []))
  const isSent = refusal === undefined && route.enabled && !route.dryRun && deliveries.length > 0
  return {
    enabled: route.enabled,
    dryRun: route.dryRun,
    alerts,
    ...(unread === undefined ? {} : { refusal: unread }),
    status: statusOf(route, refusal, isSent),
    outcome: sentenceOf(route, alerts, refusal, deliveries),
    warnings: refusal === undefined ? warningsOf(deliveries, route, context) : [],
  }
}

function statusOf({ enabled }: RouteConfig, refusal: Refusal | undefined, isSent: boolean): number {
  if (!enabled) return 200
  if (refusal === undefined) return isSent ? 202 : 200
  return answerOfError(new AlertError(refusal.code, refusal.message)).status
}

function sentenceOf(
  { enabled, dryRun }: RouteConfig,
  alerts: readonly AlertExplanation[],
  refusal: Refusal | undefined,
  deliveries: readonly Delivery[],
): string {
  if (refusal !== undefined) {
    const rest = alerts.length > 1 ? '; nothing of the body would be done' : ''
    return `refused with ${refusal.code}: ${refusal.message}${rest}`
  }
  if (deliveries.length === 0) {
    const reasons = alerts.map(({ plan }) => (plan?.kind === 'ignore' ? plan.reason : NO_RULE_MATCHES))
    return `ignored: ${[...new Set(reasons)].join('; ')}`
  }
  const count = deliveries.length === 1 ? '1 message' : `${deliveries.length} messages`
  if (!enabled) return `the route is disabled; otherwise it would send ${count}`
  return dryRun ? `dry run: it would send ${count}` : `sends ${count}`
}

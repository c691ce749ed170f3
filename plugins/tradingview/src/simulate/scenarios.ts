import { BotbusError } from '@botbus/core'
import { contentTypeOf } from './content-type.ts'
import type { Expectation } from './expectation.ts'
import { simulatedMoment, valuesOf } from './moment.ts'
import { withNaN } from './nan.ts'
import { placeholdersIn, resolve } from './placeholders.ts'

/** One alert of a scenario. */
export interface PlannedAlert {
  readonly name: string
  readonly body: string
  readonly contentType: string
  /** Milliseconds after the begin of the scenario. */
  readonly at: number
  readonly expects: Expectation
}

export interface ScenarioOptions {
  /** The message of the alert, as it stands in TradingView. `{{secret}}` in it is ours. */
  readonly template: string
  readonly secret?: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** Tells this simulation from others: part of each order's id. */
  readonly run: string
  /** How many alerts a burst has. */
  readonly alerts: number
  /** Milliseconds by which a late alert is late. */
  readonly delay: number
}

const SOURCES = {
  once: oneAlert,
  resend: fourTimes,
  nan: withoutNumbers,
  text: asText,
  burst: manyAlerts,
  late: lateAlert,
  fills: twoFills,
} as const

export type Scenario = keyof typeof SOURCES

export const SCENARIOS: readonly Scenario[] = Object.keys(SOURCES) as Scenario[]

/** The alerts of a scenario. Throws `INVALID_ARGUMENT` when the template cannot show what the scenario is about. */
export function planScenario(scenario: Scenario, options: ScenarioOptions): readonly PlannedAlert[] {
  return SOURCES[scenario](options)
}

function oneAlert(options: ScenarioOptions): readonly PlannedAlert[] {
  return [planned(options, { name: 'alert' })]
}

/** What follows four answers that TradingView did not see: the same body again after 5, 10 and 15 s. */
function fourTimes(options: ScenarioOptions): readonly PlannedAlert[] {
  const first = planned(options, { name: 'alert' })
  const again = [5, 10, 15].map(
    (seconds): PlannedAlert => ({
      ...first,
      name: `again after ${seconds} s`,
      at: seconds * 1_000,
      expects: 'duplicate',
    }),
  )
  return [first, ...again]
}

function withoutNumbers(options: ScenarioOptions): readonly PlannedAlert[] {
  const template = withNaN(options.template)
  if (template === options.template) {
    throw unfit('nan', 'a number or a placeholder without quotes, such as "price": {{close}}')
  }
  return [planned({ ...options, template }, { name: 'alert with NaN', expects: 'answered' })]
}

function asText(options: ScenarioOptions): readonly PlannedAlert[] {
  return [{ ...planned(options, { name: 'alert as text' }), contentType: 'text/plain; charset=utf-8' }]
}

function manyAlerts(options: ScenarioOptions): readonly PlannedAlert[] {
  const alerts = Array.from({ length: options.alerts }, (_, index) =>
    planned(options, { name: `alert ${index + 1}`, number: index + 1 }),
  )
  return different('burst', alerts)
}

function lateAlert(options: ScenarioOptions): readonly PlannedAlert[] {
  if (!placeholdersIn(options.template).some((name) => name === 'timenow')) throw unfit('late', '{{timenow}}')
  const late = { ...options, now: options.now - options.delay }
  return [planned(late, { name: `alert ${Math.round(options.delay / 1_000)} s late`, expects: 'stale' })]
}

/** Two orders that were filled within one second: `{{timenow}}` is the same. */
function twoFills(options: ScenarioOptions): readonly PlannedAlert[] {
  const alerts = [1, 2].map((number) => planned(options, { name: `fill ${number}`, number }))
  return different('fills', alerts)
}

function planned(
  options: ScenarioOptions,
  alert: { readonly name: string; readonly number?: number; readonly expects?: Expectation },
): PlannedAlert {
  const { number = 1, name, expects = 'accepted' } = alert
  const id = `${options.run}-${number}`
  const moment = simulatedMoment(options.now, { order: { id, comment: id } })
  const titles = placeholdersIn(options.template).flatMap(
    (placeholder) => /^plot\("(.*)"\)$/.exec(placeholder)?.[1] ?? [],
  )
  const secret = options.secret === undefined ? {} : { secret: options.secret }
  const body = resolve(options.template, { ...valuesOf(moment, titles), ...secret })
  return { name, body, contentType: contentTypeOf(body), at: 0, expects }
}

function different(scenario: Scenario, alerts: readonly PlannedAlert[]): readonly PlannedAlert[] {
  if (new Set(alerts.map(({ body }) => body)).size === alerts.length) return alerts
  throw unfit(scenario, '{{strategy.order.id}}: without it all alerts are the same')
}

function unfit(scenario: Scenario, what: string): BotbusError {
  return new BotbusError('INVALID_ARGUMENT', `the scenario "${scenario}" needs a message with ${what}`)
}

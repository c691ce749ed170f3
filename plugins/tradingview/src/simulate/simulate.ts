import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { BotbusError } from '@botbus/core'
import { isAsExpected, meaningOf } from './expectation.ts'
import { type Answer, agentFor } from './post-alert.ts'
import { type PlannedAlert, planScenario, type Scenario } from './scenarios.ts'
import { type Summary, summarise } from './summary.ts'
import { type Times, TRADINGVIEW_TIMES, triggerAlert } from './trigger.ts'

export interface SimulationOptions {
  readonly url: string
  /** The message of the alert, as it stands in TradingView, and `{{secret}}` for the secret. Default: `SIMULATED_TEMPLATE`. */
  readonly template?: string
  /** Default: `once`. */
  readonly scenario?: Scenario
  readonly secret?: string
  /** Alerts of a burst. Default 100. */
  readonly alerts?: number
  /** POSTs of a burst at once. Default 10. */
  readonly concurrency?: number
  /** Milliseconds by which the alert of `late` is late. Default 10 minutes. */
  readonly delay?: number
  /** Waits are so many times shorter than those of TradingView; the limit of 3 s stays. Default 1. */
  readonly speed?: number
  readonly signal?: AbortSignal
  /** As soon as an alert was answered for the last time. */
  onAlert?(report: AlertReport): void
}

/** One alert, and every answer to it: more than one where it was sent again. */
export interface AlertReport {
  readonly name: string
  readonly contentType: string
  readonly answers: readonly Answer[]
  /** In words: what the last answer should have been. */
  readonly expected: string
  readonly isAsExpected: boolean
}

export interface SimulationReport {
  readonly scenario: Scenario
  readonly isAsExpected: boolean
  readonly alerts: readonly AlertReport[]
  readonly summary: Summary
}

/** The message that is sent unless another is given. */
export const SIMULATED_TEMPLATE: string = [
  '{"secret": "{{secret}}", "id": "{{strategy.order.id}} {{timenow}}", "exchange": "{{exchange}}", "ticker": "{{ticker}}",',
  '"action": "{{strategy.order.action}}", "amount": "{{strategy.order.contracts}}", "price": {{close}}, "time": "{{timenow}}"}',
].join(' ')

/**
 * Sends alerts to a webhook as TradingView does. Rejects with `INVALID_ARGUMENT` for a wrong URL or a template that does not suit
 * the scenario, and with the reason of `signal` when that fires. What goes wrong on the way is part of the report.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const { scenario = 'once', alerts = 100, concurrency = 10, delay = 600_000, speed = 1 } = options
  const url = readUrl(options.url)
  const plan = planScenario(scenario, {
    template: options.template ?? SIMULATED_TEMPLATE,
    ...(options.secret === undefined ? {} : { secret: options.secret }),
    now: Date.now(),
    run: randomBytes(4).toString('hex'),
    alerts,
    delay,
  })
  const times = { ...TRADINGVIEW_TIMES, resendAfter: TRADINGVIEW_TIMES.resendAfter / speed }
  const reports = await sendAll(plan, { url, times, concurrency, speed, options })
  return {
    scenario,
    isAsExpected: reports.every((report) => report.isAsExpected),
    alerts: reports,
    summary: summarise(reports.map(({ answers }) => answers)),
  }
}

interface Sending {
  readonly url: URL
  readonly times: Times
  readonly concurrency: number
  readonly speed: number
  readonly options: SimulationOptions
}

/** Each alert at its time, at most so many at once. */
async function sendAll(plan: readonly PlannedAlert[], sending: Sending): Promise<readonly AlertReport[]> {
  const { url, times, concurrency, speed, options } = sending
  const agent = agentFor(url, concurrency)
  const failure = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal
  const reports: AlertReport[] = []
  const begin = performance.now()
  let next = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < plan.length; index = next++) {
      const alert = plan[index]
      if (!alert) return
      await wait(Math.max(0, alert.at / speed - (performance.now() - begin)), undefined, { signal })
      const { body, contentType } = alert
      const report = toReport(alert, await triggerAlert({ url, body, contentType, times, agent, signal }))
      reports[index] = report
      options.onAlert?.(report)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, plan.length) }, work))
    return reports
  } catch (error) {
    failure.abort(error)
    options.signal?.throwIfAborted()
    throw error
  } finally {
    agent.destroy()
  }
}

function toReport({ name, contentType, expects }: PlannedAlert, answers: readonly [Answer, ...Answer[]]): AlertReport {
  const last = answers.at(-1) ?? answers[0]
  return { name, contentType, answers, expected: meaningOf(expects), isAsExpected: isAsExpected(last, expects) }
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url
  throw new BotbusError(
    'INVALID_ARGUMENT',
    'the URL of a webhook begins with http:// or https://, and holds no password',
  )
}

import type { Metrics } from '@botbus/plugin'
import type { AlertCode } from './codes.ts'

/** What became of an alert at once. */
export type AlertResult = 'stored' | 'duplicate' | 'ignored' | 'dry-run' | 'disabled' | AlertCode

/** Label of what names no route that is there: a sender must not make series. */
export const NO_ROUTE = '-'

const ANSWER_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 3]
const DELIVERY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 15, 60]

/** The plugin's metrics, in its own words. */
export class Telemetry {
  readonly #alerts
  readonly #answer
  readonly #deliveries
  readonly #delivery
  readonly #deadLetters
  readonly #heldGauge
  readonly #silent
  readonly #storeFailures
  #held = 0

  constructor(metrics: Metrics, lanes: () => { active: number; queued: number }) {
    this.#alerts = metrics.counter({
      name: 'alerts_total',
      help: 'Alerts by what became of them at once',
      labels: ['route', 'result'],
    })
    this.#answer = metrics.histogram({
      name: 'answer_seconds',
      help: 'From the whole body to the answer',
      labels: ['route'],
      buckets: ANSWER_BUCKETS,
    })
    this.#deliveries = metrics.counter({
      name: 'deliveries_total',
      help: 'Events, commands and messages by how they ended',
      labels: ['route', 'status'],
    })
    this.#delivery = metrics.histogram({
      name: 'delivery_seconds',
      help: 'From the arrival of an alert to the end of its delivery',
      labels: ['route'],
      buckets: DELIVERY_BUCKETS,
    })
    this.#deadLetters = metrics.counter({
      name: 'dead_letters_total',
      help: 'Alerts and deliveries that ended as dead letters',
      labels: ['route', 'code'],
    })
    this.#heldGauge = metrics.gauge({ name: 'held', help: 'Deliveries that wait for their bot or the broker' })
    this.#silent = metrics.gauge({
      name: 'silent',
      help: '1 while a route has had no alert for longer than it should',
      labels: ['route'],
    })
    this.#storeFailures = metrics.counter({
      name: 'store_failures_total',
      help: 'What could not be read from or written to the store',
    })
    metrics.gauge({ name: 'lanes', help: 'Bots and topics that are delivered to', read: () => lanes().active })
    metrics.gauge({ name: 'queued', help: 'Deliveries that wait behind others', read: () => lanes().queued })
  }

  alert(route: string, result: AlertResult, count: number = 1): void {
    this.#alerts.inc({ route, result }, count)
  }

  answered(route: string, seconds: number): void {
    this.#answer.observe(seconds, { route })
  }

  delivered(route: string, status: string, seconds: number): void {
    this.#deliveries.inc({ route, status })
    this.#delivery.observe(seconds, { route })
  }

  deadLetter(route: string, code: AlertCode): void {
    this.#deadLetters.inc({ route, code })
  }

  held(change: 1 | -1): void {
    this.#held += change
    this.#heldGauge.set(this.#held)
  }

  silent(route: string, isSilent: boolean): void {
    this.#silent.set(isSilent ? 1 : 0, { route })
  }

  storeFailed(): void {
    this.#storeFailures.inc()
  }
}

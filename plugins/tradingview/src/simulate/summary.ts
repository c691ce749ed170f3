import type { Answer } from './post-alert.ts'

/** All answers of a simulation, counted. Times in milliseconds; absent where nothing was answered. */
export interface Summary {
  readonly alerts: number
  /** POSTs: more than alerts, where some were sent again. */
  readonly posts: number
  readonly statuses: Readonly<Record<string, number>>
  readonly timeouts: number
  readonly failures: number
  readonly p50?: number
  readonly p99?: number
  readonly max?: number
}

export function summarise(alerts: readonly (readonly Answer[])[]): Summary {
  const answers = alerts.flat()
  const answered = answers.filter((answer) => answer.kind === 'answered')
  const statuses: Record<string, number> = {}
  for (const { status } of answered) statuses[status] = (statuses[status] ?? 0) + 1
  const times = answered.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other)
  return {
    alerts: alerts.length,
    posts: answers.length,
    statuses,
    timeouts: answers.filter(({ kind }) => kind === 'timeout').length,
    failures: answers.filter(({ kind }) => kind === 'failed').length,
    ...(times.length === 0 ? {} : { p50: quantile(times, 0.5), p99: quantile(times, 0.99), max: quantile(times, 1) }),
  }
}

/** The value that a share of the sorted ones does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

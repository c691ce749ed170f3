import type { Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, postAlert } from './post-alert.ts'

/** How TradingView sends. */
export const TRADINGVIEW_TIMES = {
  /** Milliseconds until a POST is cancelled. */
  limit: 3_000,
  /** Milliseconds from an answer of 5xx until the alert is sent again. */
  resendAfter: 5_000,
  /** How often it is sent again at most. */
  resends: 3,
} as const

export interface Times {
  readonly limit: number
  readonly resendAfter: number
  readonly resends: number
}

export interface Triggered {
  readonly url: URL
  readonly body: string
  readonly contentType: string
  readonly times: Times
  readonly agent: Agent
  readonly signal: AbortSignal
}

/** Sends one triggered alert. Only after an answer of 5xx it is sent again: never after 4xx, a redirect or none at all. */
export async function triggerAlert({ times, ...alert }: Triggered): Promise<readonly [Answer, ...Answer[]]> {
  const first = await postAlert({ ...alert, limit: times.limit })
  const answers: [Answer, ...Answer[]] = [first]
  let last = first
  while (isServerError(last) && answers.length <= times.resends) {
    await wait(times.resendAfter, undefined, { signal: alert.signal })
    last = await postAlert({ ...alert, limit: times.limit })
    answers.push(last)
  }
  return answers
}

function isServerError(answer: Answer): boolean {
  return answer.kind === 'answered' && answer.status >= 500
}

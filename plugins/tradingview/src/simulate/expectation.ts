import type { Answer } from './post-alert.ts'

/** What the last answer to an alert has to be. */
export type Expectation = 'accepted' | 'duplicate' | 'stale' | 'answered'

const MEANINGS: Readonly<Record<Expectation, string>> = {
  accepted: '202, or 200 without "duplicate"',
  duplicate: '200 with "duplicate": true',
  stale: '422 with the code STALE',
  answered: '202, 200 or 422',
}

export function meaningOf(expectation: Expectation): string {
  return MEANINGS[expectation]
}

/** `answered` is for what a route may read or refuse: it has said which, and TradingView does not send it again. */
export function isAsExpected(answer: Answer, expectation: Expectation): boolean {
  if (answer.kind !== 'answered') return false
  const { status } = answer
  const content = contentOf(answer.body)
  const isDuplicate = status === 200 && content['duplicate'] === true
  switch (expectation) {
    case 'accepted':
      return status === 202 || (status === 200 && !isDuplicate)
    case 'duplicate':
      return isDuplicate
    case 'stale':
      return status === 422 && codeOf(content) === 'STALE'
    case 'answered':
      return [200, 202, 422].includes(status)
  }
}

function codeOf(content: Readonly<Record<string, unknown>>): unknown {
  const error = content['error']
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

function contentOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    // Another server answered, or none of ours: its status still counts.
    return {}
  }
}

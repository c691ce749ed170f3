import type { JsonObject } from '@botbus/plugin'
import type { AlertError } from '../alert-error.ts'
import { ALERT_CODES, type AlertCode } from '../codes.ts'
import type { Plan } from '../delivery.ts'

/** What the sender is told. */
export interface Answer {
  readonly status: number
  readonly body: JsonObject
}

/** What became of one alert of a body. */
export type Result =
  | { readonly kind: 'stored'; readonly id: string }
  | { readonly kind: 'duplicate'; readonly id: string }
  | { readonly kind: 'dry-run'; readonly id: string; readonly plan: Plan }
  | { readonly kind: 'ignored'; readonly id: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: AlertError }

/** Whoever may not send learns no more than that. */
const SILENT: ReadonlySet<AlertCode> = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'UNKNOWN_ROUTE'])

export function answerOfError(error: AlertError): Answer {
  return { status: statusOf(error.code), body: errorBody(error) }
}

/** The HTTP status; 500 for what should not arise before the answer. */
export function statusOf(code: AlertCode): number {
  const meaning: { readonly status?: number; readonly meaning: string } = ALERT_CODES[code]
  return meaning.status ?? 500
}

/** 202 as soon as one alert was stored, 200 where nothing is left to do. */
export function answerOfResults(results: readonly Result[]): Answer {
  const [only, ...others] = results
  const status = results.some(({ kind }) => kind === 'stored') ? 202 : 200
  if (only && others.length === 0) return { status, body: bodyOf(only) }
  return { status, body: { status: status === 202 ? 'stored' : 'nothing stored', results: results.map(bodyOf) } }
}

export function bodyOf(result: Result): JsonObject {
  switch (result.kind) {
    case 'stored':
      return { id: result.id, status: 'stored' }
    case 'duplicate':
      return { duplicate: true, id: result.id }
    case 'dry-run':
      return { id: result.id, status: 'dry-run', plan: result.plan as unknown as JsonObject }
    case 'ignored':
      return { id: result.id, status: 'ignored', reason: result.reason }
    default:
      return errorBody(result.error)
  }
}

export function errorBody({ code, message }: Pick<AlertError, 'code' | 'message'>): JsonObject {
  return { error: SILENT.has(code) ? { code } : { code, message } }
}

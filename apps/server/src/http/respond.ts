import type { ServerResponse } from 'node:http'

/** What every error looks like. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string }
}

export function errorBody(code: string, message: string): ErrorBody {
  return { error: { code, message } }
}

/** Answers without an application: while one restarts, or the server ends. `retryAfter` is in seconds. */
export function sendUnavailable(response: ServerResponse, message: string, retryAfter: number): void {
  const body = JSON.stringify(errorBody('UNAVAILABLE', message))
  response.writeHead(503, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'retry-after': String(retryAfter),
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}

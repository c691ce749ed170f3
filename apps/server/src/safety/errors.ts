import { BotbusError, type ErrorCode } from '@botbus/core'
import type { FastifyError, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { escapeText } from './escape-text.ts'
import { type Refusal, RefusedError } from './refusal.ts'

const INVALID: Refusal = { status: 400, code: 'INVALID_REQUEST', reason: 'invalid' }
const UNSUPPORTED_TYPE: Refusal = {
  status: 415,
  code: 'UNSUPPORTED_TYPE',
  reason: 'type',
  message: 'bodies are application/json',
}
const BY_FASTIFY: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'TOO_LARGE', reason: 'too_large', message: 'the body is too large' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: UNSUPPORTED_TYPE,
  FST_ERR_CTP_INVALID_TYPE: UNSUPPORTED_TYPE,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    ...INVALID,
    message: 'the body is shorter or longer than its Content-Length',
  },
  FST_ERR_BAD_URL: { status: 400, code: 'INVALID_PATH', reason: 'path', message: 'the path is malformed' },
  FST_ERR_MAX_PARAM_LENGTH: {
    status: 414,
    code: 'TOO_LONG',
    reason: 'path',
    message: 'a part of the path is too long',
  },
}
const BY_BOTBUS: Partial<Readonly<Record<ErrorCode, number>>> = {
  INVALID_ARGUMENT: 400,
  INVALID_PAYLOAD: 400,
  UNSUPPORTED: 400,
  RESOURCE_EXHAUSTED: 503,
  NOT_CONNECTED: 503,
  NO_RESPONDER: 503,
  CLOSED: 503,
  TIMEOUT: 504,
  REMOTE: 502,
}

/** How an error of a handler, hook or of fastify is answered. Undefined for a defect: that is 500, without a word on it. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof RefusedError) return error.refusal
  if (hasZodFastifySchemaValidationErrors(error)) return { ...INVALID, message: whatIsWrong(error.validation) }
  if (BotbusError.is(error)) {
    const status = BY_BOTBUS[error.code]
    return status === undefined
      ? undefined
      : { ...INVALID, status, code: error.code, message: escapeText(error.message) }
  }
  const { code, statusCode } = error as Partial<FastifyError>
  const known = code === undefined ? undefined : BY_FASTIFY[code]
  if (known !== undefined) return known
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? { ...INVALID, status: statusCode }
    : undefined
}

/** Names places and rules, never values: they may be secrets. */
function whatIsWrong(
  issues: readonly { readonly instancePath: string; readonly message?: string | undefined }[],
): string {
  const lines = issues
    .slice(0, 5)
    .map(({ instancePath, message }) => `${instancePath || 'the request'}: ${message ?? ''}`)
  return escapeText(lines.join('; ')).slice(0, 500)
}

/** Without the query: its values may be secrets. */
export function pathOf(request: FastifyRequest): string {
  return escapeText((request.raw.url ?? '').split('?', 1)[0] ?? '').slice(0, 200)
}

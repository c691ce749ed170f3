import type { HttpScope } from '@botbus/plugin'
import type { FastifyRequest } from 'fastify'
import { exceedsJsonLimits } from './json-shape.ts'
import { MAX_JSON_DEPTH, MAX_JSON_MEMBERS } from './limits.ts'
import { RefusedError } from './refusal.ts'

const LIMITS = {
  depth: `the body is nested deeper than ${MAX_JSON_DEPTH} levels`,
  members: `the body has more than ${MAX_JSON_MEMBERS} members`,
} as const

/** Makes JSON the only body that a scope reads, within limits that are checked before it is parsed. */
export function readOnlyJson(scope: HttpScope, bodyLimit: number): void {
  // Refuses `__proto__`, and `constructor` with a `prototype` in it.
  const parse = scope.getDefaultJsonParser('error', 'error')
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit },
    (request: FastifyRequest, body: Buffer, done) => {
      // A DELETE of some clients: JSON is announced, and nothing comes.
      if (body.length === 0) return done(null, undefined)
      const excess = exceedsJsonLimits(body)
      if (excess !== undefined) return done(refused(LIMITS[excess]))
      const text = decode(body)
      if (text === undefined) return done(refused('the body is not UTF-8'))
      parse(request, text, (error, value) =>
        done(error === null ? null : refused('the body is not acceptable JSON'), value),
      )
    },
  )
}

function refused(message: string): RefusedError {
  return new RefusedError({ status: 400, code: 'INVALID_JSON', reason: 'json', message })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body)
  } catch {
    // Not UTF-8: the caller refuses it.
    return undefined
  }
}

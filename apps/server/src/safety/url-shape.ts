import { MAX_QUERY_PARAMETERS, MAX_URL } from './limits.ts'
import type { Refusal } from './refusal.ts'

const PATH: Refusal = {
  status: 400,
  code: 'INVALID_PATH',
  reason: 'path',
  message: 'the path is malformed: no "..", "//", "\\" or encoded separators',
}
const QUERY: Refusal = { status: 400, code: 'INVALID_QUERY', reason: 'query', message: 'the query is malformed' }
const TOO_LONG: Refusal = {
  status: 414,
  code: 'TOO_LONG',
  reason: 'path',
  message: `the URL exceeds ${MAX_URL} characters`,
}
const TOKEN_IN_URL: Refusal = {
  status: 400,
  code: 'SECRET_IN_URL',
  reason: 'token_in_url',
  message:
    'a secret in a URL ends up in logs and histories: send it as "Authorization: Bearer ..." instead, and replace this one',
}

/** Encoded dot, slash, backslash, NUL, CR, LF or percent: what would be a separator, or a line, after decoding. */
const ENCODED = /%(?:2e|2f|5c|00|0a|0d|25)/i
/** A dot segment, also with the parameters that some servers cut off: `/..;x/`. */
const DOTS = /\/\.{1,2}(?:[/;]|$)/
/** Anything but visible ASCII. */
const UNPRINTABLE = /[^!-~]/
const PROTECTED = /^\/(?:api|auth)(?:\/|$)/i
const SECRETS = new Set([
  'token',
  'access_token',
  'api_key',
  'apikey',
  'api_token',
  'auth',
  'authorization',
  'bearer',
  'password',
  'secret',
  'session',
])
const POISON = new Set(['__proto__', 'constructor', 'prototype'])

/** What is wrong with path and query as they came, before anything decodes them. */
export function refuseUrl(url: string): Refusal | undefined {
  if (url.length > MAX_URL) return TOO_LONG
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  if (refusesPath(path)) return PATH
  return mark === -1 ? undefined : refuseQuery(url.slice(mark + 1), PROTECTED.test(path))
}

function refusesPath(path: string): boolean {
  if (!path.startsWith('/') || path.includes('//') || path.includes('\\') || UNPRINTABLE.test(path)) return true
  if (DOTS.test(path)) return true
  return path.includes('%') && (ENCODED.test(path) || decoded(path) === undefined)
}

function refuseQuery(query: string, isProtected: boolean): Refusal | undefined {
  const parameters = query.split('&', MAX_QUERY_PARAMETERS + 1)
  if (parameters.length > MAX_QUERY_PARAMETERS || UNPRINTABLE.test(query)) return QUERY
  for (const parameter of parameters) {
    const [name = ''] = parameter.split('=', 1)
    const key = decoded(name.replaceAll('+', ' '))
    if (key === undefined) return QUERY
    const words = key.split(/[.[\]]+/)
    if (words.some((word) => POISON.has(word))) return QUERY
    if (isProtected && SECRETS.has(key.toLowerCase().trim())) return TOKEN_IN_URL
  }
  return undefined
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not UTF-8, or a percent sign alone: the caller refuses it.
    return undefined
  }
}

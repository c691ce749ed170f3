import type { JsonValue } from '@botbus/plugin'

const REDACTED = '[redacted]'

/** A copy in which every text that a sender presented as its secret is replaced, wherever it stands. */
export function withoutSecrets(value: JsonValue, presented: readonly string[]): JsonValue {
  if (typeof value === 'string') return replaceAll(value, presented)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: JsonValue) => withoutSecrets(item, presented))
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutSecrets(item, presented)]))
}

/** A short text may stand in any word: it is replaced only where it is the whole value. */
const MIN_PART = 8

function replaceAll(text: string, presented: readonly string[]): string {
  let shown = text
  for (const secret of presented) {
    if (shown === secret) return REDACTED
    if (secret.length >= MIN_PART) shown = shown.replaceAll(secret, REDACTED)
  }
  return shown
}

const NAMED_SECRET =
  /(["']?[\w-]*(?:secret|pass(?:word|phrase)?|token|api[_-]?key|auth|\bkey)[\w-]*["']?\s*[:=]\s*)("[^"\n]*"?|'[^'\n]*'?|[^\s,;|}]+)/gi
const LONG_WORD = /[^\s"',;|{}[\]:=]{16,}/g
const MAX_TEXT = 2_000

/**
 * The beginning of a body that could not be read, for people. What is named like a secret is replaced, and so is every long word that
 * is one of the route's secrets.
 */
export function excerptOf(body: Uint8Array, isSecret: (word: string) => boolean): string {
  const text = new TextDecoder().decode(body.subarray(0, MAX_TEXT))
  const shown = text
    .replace(NAMED_SECRET, (_, name: string) => `${name}${REDACTED}`)
    .replace(LONG_WORD, (word) => (isSecret(word) ? REDACTED : word))
  return body.length > MAX_TEXT ? `${shown} ... (${body.length} bytes)` : shown
}

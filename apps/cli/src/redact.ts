/** What stands in place of a secret. */
const REDACTED = '***'

const SECRET = /pass(word|phrase)|secret|token|api[_-]?key|private[_-]?key|mnemonic/i

/** Whether the value of a (dotted) key must not be shown, nor be given on the command line. */
export function isSecretKey(key: string): boolean {
  return SECRET.test(key)
}

/** A copy in which every secret that is set is replaced. Unset ones stay, so that one sees that they are. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactEntry(key, inner)]))
}

/** The value under one key, redacted. */
function redactEntry(key: string, value: unknown): unknown {
  if (!isSecretKey(key)) return redact(value)
  return value === null || value === undefined || value === '' ? value : REDACTED
}

/** A configuration answer, redacted: its `changes` are pairs of key and value. */
export function redactConfigAnswer(answer: unknown): unknown {
  const safe = redact(answer)
  if (typeof safe !== 'object' || safe === null || !('changes' in safe) || !Array.isArray(safe.changes)) return safe
  return { ...safe, changes: safe.changes.map(redactChange) }
}

function redactChange(change: unknown): unknown {
  return Array.isArray(change) && typeof change[0] === 'string'
    ? [change[0], redactEntry(change[0], change[1])]
    : change
}

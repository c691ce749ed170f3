/** Longer ones are no subjects of certificates. */
const MAX_LENGTH = 1_000
const PART = /\s*([A-Za-z][A-Za-z0-9.-]*)\s*=\s*("(?:[^"\\]|\\.)*"|(?:[^,+"\\]|\\.)*)\s*([,+]|$)/y

/**
 * The parts of a subject as RFC 4514 writes it, which nginx, Caddy and others put into headers: `CN=x,O=TradingView\, Inc.`. Undefined
 * for anything else, also where a part is there twice: what can be read in two ways proves nothing.
 */
export function parseSubject(text: string): ReadonlyMap<string, string> | undefined {
  if (text.length === 0 || text.length > MAX_LENGTH) return undefined
  const parts = new Map<string, string>()
  PART.lastIndex = 0
  let end = ','
  while (end !== '') {
    const match = PART.exec(text)
    if (!match) return undefined
    const [, name = '', value = '', separator = ''] = match
    const key = name.toUpperCase()
    if (parts.has(key)) return undefined
    parts.set(key, plainValue(value))
    end = separator
  }
  return parts
}

function plainValue(value: string): string {
  const plain = value.startsWith('"') ? value.slice(1, -1) : value.trim()
  return plain.replace(/\\([0-9A-Fa-f]{2}|.)/g, (_, escaped: string) =>
    escaped.length === 2 ? String.fromCharCode(Number.parseInt(escaped, 16)) : escaped,
  )
}

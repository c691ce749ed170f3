import { REDACTED } from './redact.ts'
import { isSecretKey } from './secret-keys.ts'

// A hostile text costs no more than its length: what could be read again and again is bounded, and a value that was read is left behind.

/** A key, in quotes or not, be they escaped, and what separates it from its value. */
const KEY = /([A-Za-z][\w.-]{0,63})\\{0,3}["']?[ \t]{0,8}[:=]/g

const VALUES = [
  // In escaped quotes, in quotes; up to the end where they do not close.
  /(\s{0,8})(\\{1,3}["'])[\s\S]*?(?:\2|$)/y,
  /(\s{0,8})(")(?:[^"\\]|\\[\s\S])*(?:"|$)/y,
  /(\s{0,8})(')(?:[^'\\]|\\[\s\S])*(?:'|$)/y,
  // Without quotes: up to a separator or to the next key.
  /([ \t]{0,8})()[^\s,;&|"'}\]][^,;&|"'}\]\r\n]{0,4095}?(?=[ \t]{1,8}["']?[A-Za-z][\w.-]{0,63}["']?[ \t]{0,8}[:=]|[,;&|"'}\]\r\n]|$)/y,
  /([ \t]{0,8})()[^,;&|"'}\]\r\n]+/y,
]

/** `https://user:password@host` */
const CREDENTIALS = /(\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s/:@]{0,256}:)[^\s/@]{1,256}@/gi

/** The text, which nobody could read, with what looks like the value of a secret key replaced. Values without a key stay. */
export function redactText(text: string): string {
  const source = text.replace(CREDENTIALS, `$1${REDACTED}@`)
  const keys = new RegExp(KEY)
  let result = ''
  let done = 0
  for (let found = keys.exec(source); found !== null; found = keys.exec(source)) {
    if (!isSecretKey(found[1] ?? '')) continue
    const value = readValue(source, keys.lastIndex)
    if (!value) continue
    result += `${source.slice(done, keys.lastIndex)}${value.blanks}${value.quote}${REDACTED}${value.quote}`
    done = value.end
    keys.lastIndex = done
  }
  return result + source.slice(done)
}

function readValue(text: string, start: number): { blanks: string; quote: string; end: number } | undefined {
  for (const pattern of VALUES) {
    pattern.lastIndex = start
    const found = pattern.exec(text)
    if (found) return { blanks: found[1] ?? '', quote: found[2] ?? '', end: pattern.lastIndex }
  }
  return undefined
}

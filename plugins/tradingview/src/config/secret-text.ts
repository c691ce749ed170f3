import { createHash } from 'node:crypto'
import { inspect } from 'node:util'

const HIDDEN = '[secret]'

/** A secret that stood in the configuration. It shows itself to nobody: not as text, not as JSON, not when inspected. */
export class SecretText {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The only way to the text. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}

/** Secrets that stand in examples and documentation: everyone knows them. Lower case, without spaces, `-` and `_`. */
const KNOWN = new Set([
  'changeme',
  'changemechangeme',
  'securitykey',
  'yoursecret',
  'yoursecrethere',
  'yoursecretkeyhere',
  'yourauthkeyhere',
  'yourapikey',
  'yoursignaltoken',
  'yourwebhooksecret',
  '<yoursecret>',
  'supersecretpassword',
  'mysecretkey',
  'happytrader501',
  '0123456789abcdef',
  '1234567890123456',
  'abcdefghijklmnop',
  'correcthorsebatterystaple',
])

export const MIN_SECRET_LENGTH = 16
const MIN_DIFFERENT = 8
const MAX_SECRET_LENGTH = 500

/** Why nobody should use this secret, or undefined. Never tells anything of it. */
export function weaknessOf(secret: string): string | undefined {
  if (/\{\{.*\}\}/.test(secret)) return 'it is a placeholder that nobody fills in'
  const plain = secret.toLowerCase().replace(/[\s_-]/g, '')
  if (KNOWN.has(plain) || /^(changeme|password|secret|test|your)+\W*\d*$/.test(plain)) {
    return 'it is one that stands in examples'
  }
  if (secret.length < MIN_SECRET_LENGTH) return `it has fewer than ${MIN_SECRET_LENGTH} characters`
  if (secret.length > MAX_SECRET_LENGTH) return `it has more than ${MAX_SECRET_LENGTH} characters`
  if (new Set(secret).size < MIN_DIFFERENT) return `it has fewer than ${MIN_DIFFERENT} different characters`
  return secret.trim() === secret ? undefined : 'it begins or ends with a space'
}

export const ACCEPTED_SECRET = `accepted: ${MIN_SECRET_LENGTH} to ${MAX_SECRET_LENGTH} characters, ${MIN_DIFFERENT} different ones at least, as \`openssl rand -hex 24\` makes`

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

import { createHash, randomBytes } from 'node:crypto'

/** What a secret is for shows at its beginning, so that scanners for leaked secrets find it. */
export const SECRET_PREFIXES = { token: 'bbt_', setup: 'bbs_' } as const

/** 256 random bits. */
export function newSecret(prefix = ''): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`
}

/** All that is stored of a secret of 256 bits. It is looked up by this, so that no comparison of secrets takes time. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

const SHAPE = /^[A-Za-z0-9_-]{43}$/

/** Whether a text can be a secret of `newSecret` at all: anything else is not looked up. */
export function isSecret(text: string, prefix = ''): boolean {
  return text.startsWith(prefix) && SHAPE.test(text.slice(prefix.length))
}

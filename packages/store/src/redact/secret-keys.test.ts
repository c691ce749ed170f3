import { describe, expect, it } from 'vitest'
import { isSecretKey } from './secret-keys.ts'

describe('isSecretKey', () => {
  it.each([
    'password',
    'Password',
    'db_password',
    'passwordHash',
    'secret',
    'client_secret',
    'webhookSecret',
    'secrets',
    'token',
    'signalToken',
    'email_token',
    'access-token',
    'tokenHash',
    'key',
    'KEY',
    'api_key',
    'apiKey',
    'APIKey',
    'apikey',
    'X-Api-Key',
    'auth_key',
    'SECURITY_KEY',
    'private.key',
    'passphrase',
    'authorization',
    'Proxy-Authorization',
    'cookie',
    'set-cookie',
    'credentials',
    'auth',
    'pin',
    'jwt',
  ])('%s names a secret', (key) => {
    expect(isSecretKey(key)).toBe(true)
  })

  it.each([
    'keyboard',
    'monkey',
    'tokens_total',
    'tokens',
    'tokenizer',
    'secretField',
    'secretary',
    'secret_env',
    'idempotency_key',
    'routingKey',
    'primaryKey',
    'keys',
    'hash',
    'author',
    'auth_method',
    'pinned',
    'compass',
    'password_changed_at',
    'cookieless',
    'symbol',
    '',
    '__proto__',
    'constructor',
    'toString',
  ])('%s does not', (key) => {
    expect(isSecretKey(key)).toBe(false)
  })
})

/** Last words of a name that make it the name of a secret: `password`, `client_secret`, `signalToken`. */
const LAST = new Set([
  'password',
  'passwords',
  'passwd',
  'pwd',
  'passphrase',
  'passcode',
  'secret',
  'secrets',
  'token',
  'apikey',
  'authorization',
  'bearer',
  'cookie',
  'cookies',
  'credential',
  'credentials',
  'jwt',
  'otp',
  'totp',
  'mnemonic',
])

/** Names that are secrets only by themselves. */
const WHOLE = new Set(['key', 'pass', 'auth', 'pin', 'seed'])

/** What a key must be for to be a secret: `apiKey`, `x-auth-key`; not `routingKey` or `primary_key`. */
const KINDS_OF_KEY = new Set([
  'access',
  'account',
  'api',
  'app',
  'auth',
  'client',
  'consumer',
  'encryption',
  'hmac',
  'license',
  'licence',
  'master',
  'private',
  'secret',
  'security',
  'service',
  'session',
  'shared',
  'signing',
  'ssh',
  'user',
  'wallet',
  'webhook',
])

/** What is kept of a secret is one, too: `passwordHash`. */
const DERIVED = new Set(['hash', 'digest', 'value'])

const known = new Map<string, boolean>()
const REMEMBERED = 1_000

/** Whether a key names a secret. `keyboard`, `tokens_total` and `secretField` do not. */
export function isSecretKey(key: string): boolean {
  let result = known.get(key)
  if (result === undefined) {
    result = namesSecret(key)
    if (known.size === REMEMBERED) known.clear()
    if (key.length <= 64) known.set(key, result)
  }
  return result
}

function namesSecret(key: string): boolean {
  const words = wordsOf(key)
  if (words.length > 1 && DERIVED.has(words.at(-1) ?? '')) words.pop()
  const [last = '', before] = [words.at(-1), words.at(-2)]
  if (LAST.has(last)) return true
  if (before === undefined) return WHOLE.has(last)
  return last === 'key' && KINDS_OF_KEY.has(before)
}

/** `X-Api-Key`, `apiKey`, `API_KEY` and `APIKey` are all api, key. */
function wordsOf(key: string): string[] {
  return key
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { routeOf } from '../../test/planning.ts'
import { tradingviewConfig } from './config.ts'
import { openSecrets } from './secrets.ts'

const FIRST = 'first-8f7a6b5c4d3e2f10'
const SECOND = 'second-0918273645afbecd'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botbus-secrets-'))
})
afterEach(() => rm(folder, { recursive: true }))

function routeWith(...secrets: readonly unknown[]) {
  return routeOf({ bot: 'alpha', secrets, rules: [{ do: [{ ignore: 'test' }] }] })
}

describe('openSecrets', () => {
  it('accepts each of several secrets: text, environment variable, file', async () => {
    await writeFile(join(folder, 'old'), 'third-5647382910abcdef\r\n')
    const route = routeWith(FIRST, { env: 'DEMO_SECRET' }, { file: 'old' })
    const secrets = openSecrets(route, { env: { DEMO_SECRET: SECOND }, folder })
    expect(secrets.count).toBe(3)
    for (const secret of [FIRST, SECOND, 'third-5647382910abcdef']) expect(secrets.matches([secret])).toBe(true)
    expect(secrets.matches(['', 'wrong', FIRST])).toBe(true)
  })

  it.each([[[]], [['']], [['wrong']], [[FIRST.slice(1)]], [[`${FIRST} `]], [[FIRST.toUpperCase()]]])(
    'refuses %j',
    (presented) => {
      expect(openSecrets(routeWith(FIRST)).matches(presented)).toBe(false)
    },
  )

  it('refuses a right secret behind many wrong ones: that is guessing', () => {
    const guesses = Array.from({ length: 8 }, (_, index) => `guess ${index}`)
    expect(openSecrets(routeWith(FIRST)).matches([...guesses, FIRST])).toBe(false)
  })

  it('accepts nothing where there is no secret', () => {
    expect(openSecrets({ secrets: [] }).matches([''])).toBe(false)
  })

  it('reads them anew with each call', async () => {
    const path = join(folder, 'secret')
    const route = routeWith({ file: path })
    await writeFile(path, FIRST)
    expect(openSecrets(route).matches([FIRST])).toBe(true)
    await writeFile(path, SECOND)
    const reloaded = openSecrets(route)
    expect([reloaded.matches([FIRST]), reloaded.matches([SECOND])]).toEqual([false, true])
  })

  it.each([
    ['too short', 'weak-weak-1', /DEMO is refused: it has fewer than 16 characters/],
    ['of few different characters', 'aaaabbbbccccaaaabbbb', /fewer than 8 different characters/],
    ['known from examples', 'CHANGEME_CHANGEME', /stands in examples/],
    ['a placeholder', '{{SEC_KEY}}-{{SEC_KEY}}', /placeholder/],
    ['missing', undefined, /DEMO is not set/],
  ])('refuses a secret that is %s, without telling it', (_, secret, reason) => {
    const open = () => openSecrets(routeWith({ env: 'DEMO' }), { env: { DEMO: secret }, route: 'demo' })
    expect(open).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(reason) }))
    if (secret !== undefined) expect(open).not.toThrow(new RegExp(secret.replace(/[{}]/g, '.')))
    expect(open).toThrow(/^routes\.demo\.secrets\.0: /)
  })

  it('names the file that cannot be read, or is too long for a secret', async () => {
    expect(() => openSecrets(routeWith({ file: 'none' }), { folder })).toThrow(
      /secrets\.0: .*none cannot be read: ENOENT/,
    )
    await writeFile(join(folder, 'long'), 'x'.repeat(5_000))
    expect(() => openSecrets(routeWith({ file: 'long' }), { folder })).toThrow(/larger than 4096 bytes/)
  })
})

describe('a secret in the configuration', () => {
  it('shows itself neither as JSON nor as text nor when inspected', () => {
    const route = routeWith(FIRST)
    const shown = [JSON.stringify(route), `${route.secrets[0]}`, inspect(route, { depth: 9, showHidden: true })]
    for (const text of shown) expect(text).not.toContain(FIRST)
    expect(JSON.parse(JSON.stringify(route)).secrets).toEqual(['[secret]'])
  })

  it.each(['changeme', 'SECURITY_KEY', 'password1', '0123456789abcdef', 'sh0rt-s3cret', 'aaaaaaaabbbbbbbbb'])(
    'is refused when it is %s, in words that do not repeat it',
    (secret) => {
      const result = tradingviewConfig.safeParse({
        routes: { demo: { secrets: [secret], rules: [{ do: [{ ignore: 'x' }] }] } },
      })
      expect(result.error?.issues).toEqual([
        expect.objectContaining({
          path: ['routes', 'demo', 'secrets', 0],
          message: expect.stringContaining('accepted: 16 to 500'),
        }),
      ])
      expect(inspect(result.error)).not.toContain(secret)
    },
  )
})

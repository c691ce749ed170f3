import { describe, expect, it } from 'vitest'
import { Passwords } from './passwords.ts'

describe('passwords', () => {
  it('are kept as argon2id with 19 MiB, two passes and one lane, each with its own salt', async () => {
    const passwords = new Passwords()
    const [one, other] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')])
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(other).not.toBe(one)
    expect(await passwords.verify(one, 'correct horse')).toBe(true)
    expect(await passwords.verify(one, 'correct horsE')).toBe(false)
  })

  it('match in whatever form of Unicode they are typed', async () => {
    const passwords = new Passwords()
    const hash = await passwords.hash('caf\u00e9 caf\u00e9 caf\u00e9')
    expect(await passwords.verify(hash, 'cafe\u0301 cafe\u0301 cafe\u0301')).toBe(true)
  })

  it('never match for nobody', async () => {
    expect(await new Passwords().verify(undefined, '')).toBe(false)
  })

  it('are refused beyond those that may wait, and work again afterwards', async () => {
    const passwords = new Passwords()
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => passwords.hash('correct horse')))
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(50 - 2 - 32)
    expect(refused[0]).toMatchObject({ reason: { refusal: { status: 503, code: 'BUSY' } } })
    expect(await passwords.hash('correct horse')).toMatch(/^\$argon2id/)
  })
})

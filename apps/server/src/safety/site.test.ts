import { describe, expect, it } from 'vitest'
import { isFromOwnSite } from './site.ts'

const host = 'localhost:8080'
const check = { schemes: ['http:'], strict: false }

describe('where a request comes from', () => {
  it.each([
    ['POST', 'same-origin', 'http://localhost:8080', true],
    ['POST', 'same-origin', undefined, true],
    ['POST', undefined, 'http://localhost:8080', true],
    ['POST', undefined, undefined, true],
    ['GET', undefined, undefined, true],
    ['GET', 'none', undefined, true],
    ['POST', 'none', undefined, false],
    ['GET', 'same-site', undefined, false],
    ['GET', 'cross-site', undefined, false],
    ['POST', 'cross-site', 'http://localhost:8080', false],
    ['POST', 'same-origin', 'http://localhost:3000', false],
    ['POST', undefined, 'https://localhost:8080', false],
    ['POST', undefined, 'http://localhost:8080.evil.example', false],
    ['POST', undefined, 'null', false],
    ['GET', undefined, 'https://evil.example', false],
    ['POST', 'same-origin, cross-site', undefined, false],
    ['POST', '', undefined, false],
  ])('%s with Sec-Fetch-Site %s and Origin %s is ours: %s', (method, site, origin, isOwn) => {
    const headers = {
      host,
      ...(site === undefined ? {} : { 'sec-fetch-site': site }),
      ...(origin === undefined ? {} : { origin }),
    }
    expect(isFromOwnSite(method, headers, check)).toBe(isOwn)
  })

  it('must show where a cookie is involved, but for reading', () => {
    const strict = { ...check, strict: true }
    expect(isFromOwnSite('POST', { host }, strict)).toBe(false)
    expect(isFromOwnSite('GET', { host }, strict)).toBe(true)
  })

  it('may be of either scheme behind a proxy', () => {
    const proxied = { ...check, schemes: ['https:', 'http:'] }
    expect(isFromOwnSite('POST', { host, origin: 'https://localhost:8080' }, proxied)).toBe(true)
  })
})

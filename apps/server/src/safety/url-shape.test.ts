import { describe, expect, it } from 'vitest'
import { refuseUrl } from './url-shape.ts'

describe('the shape of a URL', () => {
  it.each([
    '/',
    '/api/demo/bots',
    '/api/demo/bots?state=running&selector=mm-*&pair=ETH%2FUSDT',
    '/docs/static/index.css?v=5.1',
    '/api/demo/.well-known/x',
    '/api/demo/a..b',
    '/api/demo/caf%C3%A9',
    '/webhooks/tradingview/drop-in?api_key=abc',
    '/api/demo/search?q=constructor',
    '/api/demo/search?q=100%',
    '/api/demo/x?a[b][c]=1',
    '/api/demo/x?tokens=1',
  ])('lets %s pass', (url) => expect(refuseUrl(url)).toBeUndefined())

  it.each([
    ['/..', 'path'],
    ['/a/./b', 'path'],
    ['/a/..;x/b', 'path'],
    ['/a/%2E%2e/b', 'path'],
    ['/a%2Fb', 'path'],
    ['/a%5Cb', 'path'],
    ['/a%25b', 'path'],
    ['/a%00', 'path'],
    ['/a%ff', 'path'],
    ['/a%c0%ae', 'path'],
    ['/a//b', 'path'],
    ['*', 'path'],
    ['', 'path'],
    ['/a b', 'path'],
    [`/${'a'.repeat(9_000)}`, 'path'],
    [`/?${'a&'.repeat(101)}`, 'query'],
    ['/?constructor.prototype.x=1', 'query'],
    ['/?a[__proto__]=1', 'query'],
    ['/?%ff=1', 'query'],
    ['/auth/login?password=x', 'token_in_url'],
    ['/API/x?Token=x', 'token_in_url'],
    ['/api?token', 'token_in_url'],
  ])('refuses %s', (url, reason) => expect(refuseUrl(url)?.reason).toBe(reason))
})

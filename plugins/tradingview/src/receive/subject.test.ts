import { expect, it } from 'vitest'
import { parseSubject } from './subject.ts'

const WANTED = { CN: 'TradingView Webhooks', O: 'TradingView, Inc.' }

it.each([
  ['CN=TradingView Webhooks,O=TradingView\\, Inc.', WANTED],
  ['CN=TradingView Webhooks,O="TradingView, Inc."', WANTED],
  ['cn=TradingView Webhooks, o=TradingView\\2C Inc.', WANTED],
  ['CN=TradingView Webhooks+O=TradingView\\, Inc.', WANTED],
  ['C=US,ST=Ohio,CN=a\\"b', { C: 'US', ST: 'Ohio', CN: 'a"b' }],
  ['CN=x\\,O=TradingView\\, Inc.', { CN: 'x,O=TradingView, Inc.' }],
  ['CN="x,O=y"', { CN: 'x,O=y' }],
])('reads %s', (text, expected) => {
  expect(Object.fromEntries(parseSubject(text) ?? [])).toEqual(expected)
})

it.each([
  '',
  'TradingView Webhooks',
  '/CN=TradingView Webhooks/O=TradingView, Inc.',
  'CN=TradingView Webhooks,O=TradingView, Inc.',
  'CN=a,CN=TradingView Webhooks,O=TradingView\\, Inc.',
  'CN=a,',
  'CN="a',
  `CN=${'a'.repeat(1_000)}`,
])('makes nothing of %j', (text) => {
  expect(parseSubject(text)).toBeUndefined()
})

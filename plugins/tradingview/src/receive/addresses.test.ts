import { describe, expect, it } from 'vitest'
import { addressRule, isLoopback } from './addresses.ts'

describe('addresses', () => {
  it.each([
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', true],
    [['::ffff:10.0.0.0/104'], '10.9.9.9', true],
    [['192.168.1.7'], '192.168.1.7', true],
    [['192.168.1.7'], '192.168.1.70', false],
    [['2001:db8::/32'], '2001:db8::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['2001:db8::/32'], '10.0.0.1', false],
    [['0.0.0.0/0'], '::1', false],
    ['tradingview', '54.218.53.128', true],
    ['tradingview', '52.32.178.8', false],
    ['any', '203.0.113.9', true],
    [['fe80::1'], 'fe80::1%eth0', true],
    [['10.0.0.0/8'], '10.0.0.1, 1.2.3.4', false],
    [['10.0.0.0/8'], '', false],
    [['10.0.0.1'], '167772161', false],
  ] as const)('%j with %s: %s', (addresses, address, expected) => {
    expect(addressRule(addresses)(address)).toBe(expected)
  })

  it.each([
    ['127.0.0.1', true],
    ['::ffff:127.0.0.5', true],
    ['::1', true],
    ['10.0.0.1', false],
    [undefined, false],
  ])('finds that %s is this machine: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected)
  })
})

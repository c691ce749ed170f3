import { describe, expect, it } from 'vitest'
import { BTC } from '../../test/harness.ts'
import { parseFeed } from './parse-feed.ts'

const options = { pair: BTC, seed: '5', speed: 1 }

describe('parseFeed', () => {
  it('knows the three feeds', () => {
    expect(parseFeed('simulated', options).description).toBe('simulated (seed 5)')
    expect(parseFeed('live:kraken', options).exchange).toBe('kraken')
    expect(() => parseFeed('replay:/nowhere/x.csv', options)).toThrow('Cannot read /nowhere/x.csv')
  })

  it.each(['', 'simulate', 'replay', 'replay:', 'live:', 'simulated:x'])('refuses %j', (text) => {
    expect(() => parseFeed(text, options)).toThrow('Expected simulated, replay:FILE or live:EXCHANGE.')
  })
})

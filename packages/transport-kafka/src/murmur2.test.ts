import { describe, expect, it } from 'vitest'
import { murmur2 } from './murmur2.ts'

describe('murmur2', () => {
  // As in Kafka's own test of `Utils.murmur2`: other clients must find a key in the same partition.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (text, expected) => {
    expect(murmur2(Buffer.from(text))).toBe(expected)
  })
})

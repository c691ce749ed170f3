import { describe, expect, it } from 'vitest'
import { FrameReader } from './packet-size.ts'

const publish = (length: number): number[] => [0x30, length, ...Array<number>(length).fill(7)]

describe('FrameReader', () => {
  it('accepts packets of the limit, however they are cut into chunks', () => {
    const bytes = Uint8Array.from([...publish(10), 0xc0, 0, ...publish(100)])
    for (let size = 1; size <= bytes.length; size++) {
      const reader = new FrameReader(100)
      for (let at = 0; at < bytes.length; at += size) expect(reader.accept(bytes.subarray(at, at + size))).toBe(true)
    }
  })

  it('refuses a packet above the limit by its header alone', () => {
    expect(new FrameReader(100).accept(Uint8Array.of(0x30, 101))).toBe(false)
    expect(new FrameReader(127).accept(Uint8Array.of(0x30, 0x80, 0x01))).toBe(false)
    expect(new FrameReader(128).accept(Uint8Array.of(0x30, 0x80, 0x01))).toBe(true)
  })

  it('sees a header that arrives byte by byte', () => {
    const reader = new FrameReader(1_000)
    expect([0x30, 0xff, 0xff, 0xff, 0x7f].map((byte) => reader.accept(Uint8Array.of(byte)))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
  })

  it('refuses a length of more than four bytes', () => {
    expect(new FrameReader(1_000).accept(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 0))).toBe(false)
  })
})

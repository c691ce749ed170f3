import { describe, expect, it } from 'vitest'
import { PromptAcks } from './prompt-acks.ts'

function setUp(): { written: () => string; acks: PromptAcks; expect: (isExpecting: boolean) => void } {
  const bytes: number[] = []
  let isExpecting = true
  const acks = new PromptAcks(
    (more) => bytes.push(...more),
    () => isExpecting,
  )
  return { written: () => Buffer.from(bytes).toString('hex'), acks, expect: (next) => (isExpecting = next) }
}

describe('acknowledging what was read', () => {
  it('takes a byte each time, and only whole PINGREQs', () => {
    const { written, acks } = setUp()
    for (let turn = 1; turn <= 5; turn++) {
      acks.afterRead()
      expect(written()).toBe('c000c000c0'.slice(0, turn * 2))
    }
  })

  it('puts what is missing of a PINGREQ ahead of a packet, once', () => {
    const { written, acks } = setUp()
    acks.beforeWrite()
    expect(written()).toBe('')
    acks.afterRead()
    acks.beforeWrite()
    acks.beforeWrite()
    expect(written()).toBe('c000')
  })

  it('begins no PINGREQ when nothing is expected, and leaves none open', () => {
    const { written, acks, expect: setExpecting } = setUp()
    acks.afterRead()
    setExpecting(false)
    for (let turn = 0; turn < 3; turn++) acks.afterRead()
    expect(written()).toBe('c000')
  })

  it('knows its own PINGRESPs from those of the keepalive', () => {
    const { acks } = setUp()
    expect(acks.takePong()).toBe(false)
    acks.afterRead()
    expect(acks.takePong()).toBe(false)
    acks.afterRead()
    expect([acks.takePong(), acks.takePong()]).toEqual([true, false])
  })
})

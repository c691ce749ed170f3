import { describe, expect, it } from 'vitest'
import { readReply, readRequest, writeReply, writeRequest } from './frames.ts'

const id = '0123456789abcdef0123456789abcdef'

describe('frames', () => {
  it('carry id, time, address and payload of a request', () => {
    const frame = readRequest(Buffer.from(writeRequest(id, 1_499.2, 'hbot/bot é/x', '{"a":"\\n"}\n')))
    expect(frame).toMatchObject({ id, expiresIn: 1_500, address: 'hbot/bot é/x' })
    expect(frame?.payload.toString()).toBe('{"a":"\\n"}\n')
  })

  it('carry id and payload of a reply', () => {
    const { payload, ...rest } = readReply(Buffer.from(writeReply(id, '{"data":"é"}')))
    expect(rest).toEqual({ id })
    expect(payload.toString()).toBe('{"data":"é"}')
  })

  it('are refused when anything else is sent', () => {
    for (const text of [
      '',
      '\n',
      '{}',
      `${id}\n{}`,
      `${id}x \n{}`,
      `${id.toUpperCase()}1 \n{}`,
      `${id}1${' '.repeat(500)}\n`,
    ]) {
      expect(readRequest(Buffer.from(text)), text).toBeUndefined()
    }
    expect(readReply(Buffer.from('x')).payload).toHaveLength(0)
  })
})

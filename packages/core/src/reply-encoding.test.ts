import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from './codec.ts'
import { decodeReply, type Encoded } from './envelope.ts'
import { BotbusError } from './errors.ts'
import { encodeAnswer, encodeFailure, type ReplyFormat } from './reply-encoding.ts'
import { DeclaredError } from './request-context.ts'

const read = (mode: ReplyFormat['mode'], { payload, headers = {} }: Encoded): ReturnType<typeof decodeReply> =>
  decodeReply(mode, { id: '1', payload: Buffer.from(payload), headers }, DEFAULT_LIMITS)

describe.each(['native', 'envelope'] as const)('a failure in %s mode', (mode) => {
  const format: ReplyFormat = { mode, limits: DEFAULT_LIMITS, answerError: undefined }

  it('tells code and message, never the stack or the cause', () => {
    const error = new BotbusError('INVALID_ARGUMENT', 'a: no', { cause: new Error('secret') })
    const encoded = encodeFailure(format, error)
    expect(read(mode, encoded).error).toEqual({ code: 'INVALID_ARGUMENT', message: 'a: no' })
    expect(JSON.stringify(encoded)).not.toMatch(/secret|reply-encoding|stack/)
  })

  it('tells the data of a declared error', () => {
    const encoded = encodeFailure(format, new DeclaredError('POOR', { missing: '10' }, 'too little'))
    expect(read(mode, encoded).error).toEqual({ code: 'POOR', message: 'too little', data: { missing: '10' } })
  })

  it('is told without the data that cannot be written', () => {
    const encoded = encodeFailure(format, new DeclaredError('POOR', 1n, 'too little'))
    expect(read(mode, encoded).error).toEqual({ code: 'POOR', message: 'too little' })
  })

  it('is told in short when it is over the limit', () => {
    const tight = { ...format, limits: { ...DEFAULT_LIMITS, maxBytes: 2_000 } }
    const { error } = read(mode, encodeFailure(tight, new BotbusError('REMOTE', 'x'.repeat(5_000))))
    expect(error?.message).toBe('x'.repeat(1_000))
  })

  it('is data of the contract where a service asks for that', () => {
    const answerError = (error: Error): unknown => ({ status: 400, msg: error.message })
    const encoded = encodeFailure({ ...format, answerError }, new BotbusError('REMOTE', 'no'))
    expect(read(mode, encoded)).toEqual({ headers: {}, data: { status: 400, msg: 'no' } })
  })

  it('is told as an error when making that data fails', () => {
    const answerError = (): never => {
      throw new Error('defect')
    }
    expect(read(mode, encodeFailure({ ...format, answerError }, new Error('no'))).error).toEqual({
      code: 'INTERNAL',
      message: 'no',
    })
  })

  it('of an answer that JSON cannot hold is INVALID_PAYLOAD', () => {
    expect(() => encodeAnswer(format, 1n)).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD' }))
    expect(read(mode, encodeAnswer(format, undefined)).data).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { anything, schema } from '../test/schemas.ts'
import { declaredSchema, defineChannel, defineRpc, parse } from './contract.ts'

const failing = schema(() => ({
  issues: [
    { message: 'expected string', path: ['params', 0, { key: 1 }] },
    { message: 'too long', path: [{ key: 'name' }] },
    { message: 'not an object' },
    { message: 'empty', path: [] },
  ],
}))

describe('parse', () => {
  it('gives the value of the schema, without a promise when the schema needs none', () => {
    expect(
      parse(
        schema((value) => ({ value: Number(value) })),
        '7',
        'request',
        'INVALID_ARGUMENT',
      ),
    ).toBe(7)
  })

  it('names the first reasons of many', () => {
    const many = schema(() => ({ issues: Array.from({ length: 1_000 }, () => ({ message: 'no' })) }))
    const text = `request is invalid: ${'no; '.repeat(20)}and 980 more`
    expect(() => parse(many, 1, 'request', 'INVALID_ARGUMENT')).toThrow(text)
  })

  it('waits for an asynchronous schema', async () => {
    const later = schema(async (value) => ({ value: Number(value) }))
    expect(await parse(later, '7', 'request', 'INVALID_ARGUMENT')).toBe(7)
    const refusing = schema(async () => ({ issues: [{ message: 'no', path: ['a'] }] }))
    await expect(parse(refusing, '7', 'request', 'INVALID_PAYLOAD')).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      message: 'request is invalid: a: no',
    })
  })

  it('says the path and the reason of every issue', () => {
    expect(() => parse(failing, {}, 'request', 'INVALID_ARGUMENT')).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: 'request is invalid: params.0.1: expected string; name: too long; not an object; empty',
      }),
    )
  })
})

describe('contracts', () => {
  const contract = defineRpc({
    address: 'a/{b}',
    request: anything,
    response: anything,
    errors: { POOR: failing },
  })

  it('are plain values', () => {
    expect(contract).toEqual({
      kind: 'rpc',
      address: 'a/{b}',
      request: anything,
      response: anything,
      errors: { POOR: failing },
    })
    expect(defineRpc({ address: 'a', request: anything, response: anything }).errors).toEqual({})
    expect(defineChannel({ topic: 'a/{b}', message: anything })).toEqual({
      kind: 'channel',
      topic: 'a/{b}',
      message: anything,
    })
  })

  it('know the schema of a declared error, and of no other', () => {
    expect(declaredSchema(contract, 'POOR')).toBe(failing)
    expect(declaredSchema(contract, 'RICH')).toBeUndefined()
    expect(declaredSchema(contract, 'constructor')).toBeUndefined()
    expect(declaredSchema(undefined, 'POOR')).toBeUndefined()
  })

  it.each(['TIMEOUT', 'INVALID_ARGUMENT', 'INVALID_PAYLOAD', 'REMOTE', 'RESOURCE_EXHAUSTED'])(
    'cannot declare %s, with which the bus itself answers',
    (code) => {
      const errors = { [code]: anything }
      expect(() => defineRpc({ address: 'a', request: anything, response: anything, errors })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      )
    },
  )
})

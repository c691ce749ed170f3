import { describe, expect, it, vi } from 'vitest'
import { BotbusError, ERROR_CODES, messageOf, toBotbusError, toCallError } from './errors.ts'

describe('BotbusError', () => {
  it('is recognised across copies of the package', async () => {
    vi.resetModules()
    const copy = await import('./errors.ts')
    expect(copy.BotbusError).not.toBe(BotbusError)
    const error = new copy.BotbusError('TIMEOUT', 'late')
    expect(error).not.toBeInstanceOf(BotbusError)
    expect(BotbusError.is(error)).toBe(true)
    expect(copy.BotbusError.is(new BotbusError('CLOSED', 'x'))).toBe(true)
  })

  it.each([undefined, null, 'TIMEOUT', 1, {}, new Error('x'), { code: 'TIMEOUT' }])('is not %s', (value) => {
    expect(BotbusError.is(value)).toBe(false)
  })

  it('keeps the native error as cause, the outcome and what the server said', () => {
    const cause = new TypeError('native')
    const error = new BotbusError('REMOTE', 'text', { cause, outcome: 'executed', remote: { code: 'X', data: 1 } })
    expect(error).toMatchObject({ name: 'BotbusError', code: 'REMOTE', message: 'text', outcome: 'executed', cause })
    expect(error.remote).toEqual({ code: 'X', data: 1 })
    expect(error).toBeInstanceOf(Error)
    expect('cause' in new BotbusError('TIMEOUT', 'x')).toBe(false)
  })

  it('knows which codes may succeed later', () => {
    const retryable = ERROR_CODES.filter((code) => new BotbusError(code, '').retryable)
    expect(retryable).toEqual(['TIMEOUT', 'NOT_CONNECTED', 'NO_RESPONDER', 'RESOURCE_EXHAUSTED'])
  })
})

describe('messageOf', () => {
  const hostile = {
    toString: () => {
      throw new Error('no text')
    },
  }

  it.each([
    [new Error('text'), 'text'],
    [new TypeError(''), 'TypeError'],
    ['text', 'text'],
    [42, '42'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('x'), 'Symbol(x)'],
    [{ message: 'like an error' }, 'like an error'],
    [Object.assign(new Error(), { message: 7 }), '7'],
    [Object.create(null), 'a thrown object without a text'],
    [hostile, 'a thrown object without a text'],
  ])('has a text for whatever was thrown (%#)', (thrown, text) => {
    expect(messageOf(thrown)).toBe(text)
  })
})

describe('errors at the edges', () => {
  it('pass as they are when they are BotbusErrors, and are INTERNAL otherwise', () => {
    const own = new BotbusError('CLOSED', 'x')
    expect(toBotbusError(own)).toBe(own)
    const cause = new RangeError('defect')
    expect(toBotbusError(cause)).toMatchObject({ code: 'INTERNAL', message: 'defect', cause })
  })

  it('have an outcome when they are errors of calls: their own first', () => {
    const known = new BotbusError('NOT_CONNECTED', 'x', { outcome: 'not_sent' })
    expect(toCallError(known, 'unknown')).toBe(known)
    const cause = new Error('native')
    const remote = { code: 'X', data: 1 }
    const open = new BotbusError('INVALID_PAYLOAD', 'x', { cause, remote })
    expect(toCallError(open, 'executed')).toMatchObject({
      code: 'INVALID_PAYLOAD',
      message: 'x',
      outcome: 'executed',
      cause,
      remote,
    })
    expect(toCallError('text', 'unknown')).toMatchObject({ code: 'INTERNAL', message: 'text', outcome: 'unknown' })
  })
})

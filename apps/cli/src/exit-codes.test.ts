import { BotbusError, ERROR_CODES } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { exitCodeOf } from './exit-codes.ts'

describe('exitCodeOf', () => {
  it.each([
    ['TIMEOUT', 5],
    ['CANCELLED', 130],
    ['CLOSED', 1],
    ['NOT_CONNECTED', 10],
    ['NO_RESPONDER', 2],
    ['INVALID_ARGUMENT', 4],
    ['INVALID_PAYLOAD', 1],
    ['UNAUTHORIZED', 6],
    ['UNSUPPORTED', 4],
    ['REMOTE', 1],
    ['RESOURCE_EXHAUSTED', 1],
    ['INTERNAL', 1],
  ] as const)('%s ends with %i', (code, exitCode) => {
    expect(exitCodeOf(new BotbusError(code, 'x'))).toBe(exitCode)
  })

  it('has a number for every code', () => {
    for (const code of ERROR_CODES) expect(exitCodeOf(new BotbusError(code, 'x'))).toBeTypeOf('number')
  })

  it('calls what the other side answered an error of its own, whatever the code', () => {
    for (const code of ['INVALID_ARGUMENT', 'TIMEOUT', 'NOT_CONNECTED'] as const) {
      expect(exitCodeOf(new BotbusError(code, 'x', { outcome: 'executed' }))).toBe(1)
    }
  })

  it('still says "not allowed" when the other side refused us', () => {
    expect(exitCodeOf(new BotbusError('UNAUTHORIZED', 'x', { outcome: 'executed' }))).toBe(6)
  })

  it('tells a link that was lost during a call from a broker that was never reached', () => {
    expect(exitCodeOf(new BotbusError('NOT_CONNECTED', 'x', { outcome: 'unknown' }))).toBe(5)
    expect(exitCodeOf(new BotbusError('NOT_CONNECTED', 'x', { outcome: 'not_sent' }))).toBe(10)
  })
})

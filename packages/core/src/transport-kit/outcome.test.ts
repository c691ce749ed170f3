import { expect, it } from 'vitest'
import { BotbusError } from '../errors.ts'
import { withOutcome } from './outcome.ts'

it('keeps everything of the reason but the outcome', () => {
  const cause = new Error('reset')
  const reason = new BotbusError('NOT_CONNECTED', 'gone', { outcome: 'not_sent', cause })
  const error = withOutcome(reason, 'unknown')
  expect(error).toMatchObject({ code: 'NOT_CONNECTED', message: 'gone', outcome: 'unknown' })
  expect(error.cause).toBe(cause)
  expect(reason.outcome).toBe('not_sent')
})

import { expect, it } from 'vitest'
import { BotbusError } from '../errors.ts'
import { credentialsRefused, toLostError, toSocketError } from './connect-errors.ts'

const remote = { label: 'x://h:1', host: 'h', kind: 'an X', plainScheme: 'x://', secureScheme: 'xs://' }
const native = (code: string): Error => Object.assign(new Error('native text'), { code })

it.each([
  ['ECONNREFUSED', 'NOT_CONNECTED', 'running'],
  ['EAI_AGAIN', 'NOT_CONNECTED', 'resolved'],
  ['ENETUNREACH', 'NOT_CONNECTED', 'ENETUNREACH'],
  ['ECONNRESET', 'NOT_CONNECTED', 'is it an X port, and is it TLS (xs://)?'],
  ['EPIPE', 'NOT_CONNECTED', 'is it an X port, and is it TLS (xs://)?'],
  ['EPROTO', 'NOT_CONNECTED', 'use x://'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNAUTHORIZED', 'tls.ca'],
  ['CERT_NOT_YET_VALID', 'UNAUTHORIZED', 'clock'],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'UNAUTHORIZED', 'tls.cert'],
])('%s becomes %s, with the address, a hint and the native error', (code, expected, hint) => {
  const cause = native(code)
  const error = toSocketError(cause, remote)
  expect(error).toMatchObject({ code: expected, cause })
  expect(error.message).toMatch(/^x:\/\/h:1: /)
  expect(error.message).toContain(hint)
})

it('errors of our own pass unchanged', () => {
  const own = new BotbusError('CANCELLED', 'enough')
  expect(toSocketError(own, remote)).toBe(own)
  expect(toLostError(own, remote)).toBe(own)
})

it('a loss says why, and when nobody said why, that the broker closed', () => {
  expect(toLostError(native('ECONNRESET'), remote).message).toBe('x://h:1: connection lost: native text')
  expect(toLostError(undefined, remote).message).toContain('the broker closed the connection')
})

it('refused credentials name the user, or that there is none', () => {
  expect(credentialsRefused('alice')).toContain('"alice"')
  expect(credentialsRefused(undefined)).toContain('set username and password')
})

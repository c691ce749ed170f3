import { describe, expect, it } from 'vitest'
import { OptionChecks } from './option-checks.ts'
import { tlsConnectionOptions } from './socket.ts'
import { checkTls, type TlsOptions } from './tls.ts'

const checks = new OptionChecks('x')
const pem = '-----BEGIN CERTIFICATE-----'
const check = (tls: TlsOptions, secure = true) =>
  checkTls(checks, tls, { secure, plainScheme: 'x://', secureScheme: 'xs://' })

describe('TLS options', () => {
  it.each<[string, TlsOptions, boolean, string]>([
    ['without an encrypted URL', { ca: pem }, false, 'write xs://'],
    ['with a file name for a certificate', { ca: '/etc/ca.pem' }, true, '"tls.ca" must be PEM text'],
    ['with a certificate but no key', { cert: pem }, true, '"tls.key" is missing'],
    ['with a key but no certificate', { key: pem }, true, '"tls.cert" is missing'],
  ])('%s are refused', (_, tls, secure, text) => {
    expect(() => check(tls, secure)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) }),
    )
  })

  it('that say nothing are taken for a link that is not encrypted', () => {
    expect(check({ insecureSkipVerify: false }, false)).toEqual({ insecureSkipVerify: false })
  })

  it('with a certificate that cannot be read are refused when they are used', () => {
    expect(() => tlsConnectionOptions(checks, 'h', { cert: pem, key: pem })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    )
  })

  it('verify the host by its name, or by the name that is given; an address has no server name', () => {
    expect(tlsConnectionOptions(checks, 'h', {})).toMatchObject({ rejectUnauthorized: true, servername: 'h' })
    expect(tlsConnectionOptions(checks, 'h', { servername: 'other' })).toMatchObject({ servername: 'other' })
    expect(tlsConnectionOptions(checks, '127.0.0.1', {})).not.toHaveProperty('servername')
    expect(tlsConnectionOptions(checks, 'h', { insecureSkipVerify: true }).rejectUnauthorized).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import {
  isProtocolRefusal,
  isTakeover,
  NoAnswer,
  Refusal,
  toConnectError,
  toLossError,
  toReasonError,
} from './errors.ts'

const peer = { label: 'mqtt://broker:1883', host: 'broker', username: 'alice', clientId: 'bot1' }
const native = (code: string): Error => Object.assign(new Error('native text'), { code })

describe('errors', () => {
  it.each([
    ['ECONNREFUSED', 'NOT_CONNECTED', 'running'],
    ['ENOTFOUND', 'NOT_CONNECTED', 'resolved'],
    ['EHOSTUNREACH', 'NOT_CONNECTED', 'EHOSTUNREACH'],
    ['ECONNRESET', 'NOT_CONNECTED', 'mqtts://'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'NOT_CONNECTED', 'TLS'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNAUTHORIZED', 'tls.ca'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'UNAUTHORIZED', 'tls.ca'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNAUTHORIZED', 'tls.ca'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'UNAUTHORIZED', 'servername'],
    ['CERT_HAS_EXPIRED', 'UNAUTHORIZED', 'expired'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'UNAUTHORIZED', 'tls.cert'],
  ])('of the socket, %s, become %s with a hint and the native error as cause', (code, expected, hint) => {
    const cause = native(code)
    const error = toConnectError(cause, peer)
    expect(error.code).toBe(expected)
    expect(error.message).toContain('mqtt://broker:1883')
    expect(error.message).toContain(hint)
    expect(error.cause).toBe(cause)
  })

  it.each([
    [0x04, 'UNAUTHORIZED'],
    [0x05, 'UNAUTHORIZED'],
    [0x86, 'UNAUTHORIZED'],
    [0x87, 'UNAUTHORIZED'],
    [0x8a, 'UNAUTHORIZED'],
    [0x02, 'INVALID_ARGUMENT'],
    [0x85, 'INVALID_ARGUMENT'],
    [0x01, 'INVALID_ARGUMENT'],
    [0x84, 'INVALID_ARGUMENT'],
    [0x03, 'NOT_CONNECTED'],
    [0x88, 'NOT_CONNECTED'],
  ])('of a CONNACK with reason %i become %s', (reason, code) => {
    const error = toConnectError(new Refusal(reason), peer)
    expect(error.code).toBe(code)
    expect(isProtocolRefusal(error, true)).toBe(reason === 0x01 || reason === 0x84)
  })

  it('of a connection that is closed in place of an answer refuse a version that is not proven yet', () => {
    const error = toConnectError(new NoAnswer(), peer)
    expect(error.code).toBe('NOT_CONNECTED')
    expect(isProtocolRefusal(error, false)).toBe(true)
    expect(isProtocolRefusal(error, true)).toBe(false)
  })

  it('of a client that was thrown out name the client id', () => {
    const error = toLossError(new Refusal(0x8e), peer)
    expect(isTakeover(error)).toBe(true)
    expect(error.message).toContain('"bot1"')
    expect(isTakeover(toLossError(undefined, peer))).toBe(false)
  })

  it.each([
    [0x80, 'UNAUTHORIZED'],
    [0x87, 'UNAUTHORIZED'],
    [0x95, 'INVALID_PAYLOAD'],
    [0x97, 'RESOURCE_EXHAUSTED'],
    [0x9e, 'UNSUPPORTED'],
  ])('of a PUBACK or SUBACK with reason %i become %s, and nothing was sent', (reason, code) => {
    expect(toReasonError(reason, 'x')).toMatchObject({ code, outcome: 'not_sent' })
  })
})

import { describe, expect, it } from 'vitest'
import { toConnectError, toLossError, toOperationError } from './errors.ts'

const peer = { label: 'amqp://broker:5672', host: 'broker', vhost: 'team', username: 'trader' }
const native = (message: string, code?: number | string): Error =>
  Object.assign(new Error(message), code === undefined ? {} : { code })

describe('errors', () => {
  it('of a refused login say who was refused', () => {
    const cause = native('Handshake terminated by server: 403 (ACCESS-REFUSED) with message "..."')
    expect(toConnectError(cause, peer)).toMatchObject({ code: 'UNAUTHORIZED', cause })
    expect(toConnectError(cause, peer).message).toContain('"trader"')
  })

  it('of a refused vhost name it', () => {
    const cause = native('Expected ConnectionOpenOk; got <ConnectionClose channel:0>')
    expect(toConnectError(cause, peer)).toMatchObject({ code: 'UNAUTHORIZED' })
    expect(toConnectError(cause, peer).message).toContain('vhost "team"')
  })

  it.each([
    [native('connect ECONNREFUSED', 'ECONNREFUSED'), 'NOT_CONNECTED'],
    [native('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'), 'UNAUTHORIZED'],
    [native('Handshake terminated by server: 541 (INTERNAL-ERROR)'), 'NOT_CONNECTED'],
    [native('Socket closed abruptly during opening handshake'), 'NOT_CONNECTED'],
  ])('of connecting: %s is %s', (cause, code) => {
    expect(toConnectError(cause, peer)).toMatchObject({ code, cause })
  })

  it.each([
    [403, 'UNAUTHORIZED'],
    [404, 'INVALID_ARGUMENT'],
    [405, 'INVALID_ARGUMENT'],
    [406, 'INVALID_ARGUMENT'],
    [506, 'RESOURCE_EXHAUSTED'],
    [541, 'INTERNAL'],
  ])('with the reply code %i are %s', (code, expected) => {
    const error = toOperationError(native('refused', code), 'to serve a')
    expect(error).toMatchObject({ code: expected, outcome: 'not_sent' })
    expect(error.message).toContain('to serve a')
  })

  it('without a reply code mean that the link went down', () => {
    expect(toOperationError(native('Channel ended'), 'to serve a')).toMatchObject({ code: 'NOT_CONNECTED' })
    expect(toLossError(native('Connection closed: 320', 320), peer)).toMatchObject({ code: 'NOT_CONNECTED' })
  })
})

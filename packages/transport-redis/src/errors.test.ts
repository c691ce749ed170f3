import { inspect } from 'node:util'
import { ReplyError } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { replyCode, toConnectError, toMisplacedError, toReplyError } from './errors.ts'

const peer = { label: 'redis://h:6379', host: 'h', username: 'alice' }
const reply = (text: string, command?: string): Error =>
  Object.assign(new (ReplyError as typeof Error)(text), command === undefined ? {} : { command: { name: command } })

describe('error replies', () => {
  it('are told from other errors, and by their code', () => {
    expect(replyCode(reply('WRONGPASS invalid username-password pair'))).toBe('WRONGPASS')
    expect(replyCode(reply('no code at all'))).toBe('ERR')
    expect(replyCode(new Error('WRONGPASS'))).toBeUndefined()
  })

  it.each([
    ['NOPERM this user has no permissions', 'UNAUTHORIZED'],
    ['NOAUTH Authentication required.', 'UNAUTHORIZED'],
    ['OOM command not allowed', 'RESOURCE_EXHAUSTED'],
    ['LOADING Redis is loading', 'NOT_CONNECTED'],
    ['READONLY You can’t write against a replica.', 'NOT_CONNECTED'],
    ['MOVED 1 h:1', 'NOT_CONNECTED'],
    ['CLUSTERDOWN Hash slot not served', 'NOT_CONNECTED'],
    ['WRONGTYPE Operation against a key', 'INVALID_ARGUMENT'],
    ['CROSSSLOT Keys in request', 'UNSUPPORTED'],
    ['ERR unknown command', 'INTERNAL'],
  ])('%s becomes %s, and was not done', (text, code) => {
    expect(toReplyError(reply(text), 'it')).toMatchObject({ code, outcome: 'not_sent' })
  })

  it('are not what ioredis says of a connection that is about to close', () => {
    const native = new Error("Stream isn't writeable and enableOfflineQueue options is false")
    expect(toReplyError(native, 'it')).toMatchObject({ code: 'NOT_CONNECTED', outcome: 'unknown', cause: native })
  })

  it('end a link whose server is no longer the right one', () => {
    for (const text of ['MOVED 1 h:1', 'READONLY x', 'LOADING x']) {
      expect(toMisplacedError(reply(text), peer)?.code).toBe('NOT_CONNECTED')
    }
    expect(toMisplacedError(reply('NOPERM x'), peer)).toBeUndefined()
    expect(toMisplacedError(new Error('MOVED'), peer)).toBeUndefined()
  })
})

describe('connecting', () => {
  it('refused by Redis says why', () => {
    const refused = toConnectError(reply('WRONGPASS invalid'), peer)
    expect(refused.code).toBe('UNAUTHORIZED')
    expect(refused.message).toContain('"alice"')
    expect(toConnectError(reply('ERR DB index is out of range', 'select'), peer).code).toBe('INVALID_ARGUMENT')
    expect(toConnectError(reply('ERR max number of clients reached', 'hello'), peer).code).toBe('NOT_CONNECTED')
  })

  it('keeps no password in the native error, which may be logged', () => {
    const command = { name: 'hello', args: ['3', 'AUTH', 'alice', 'secret'] }
    const refused = toConnectError(Object.assign(reply('WRONGPASS invalid'), { command }), peer)
    expect(inspect(refused, { depth: 9 })).not.toContain('secret')
  })
})

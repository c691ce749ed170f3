import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from './codec.ts'
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from './envelope.ts'
import type { Headers, IncomingRequest } from './transport.ts'

const invalid = expect.objectContaining({ code: 'INVALID_PAYLOAD' })
const limits = DEFAULT_LIMITS

const incoming = (payload: unknown, rest: Partial<IncomingRequest> = {}): IncomingRequest => ({
  topic: 'hbot/b1/status',
  payload: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  retained: false,
  ...rest,
})

const readEnvelope = (payload: unknown): ReturnType<typeof decodeRequest> =>
  decodeRequest('envelope', incoming(payload), limits)

const request = {
  replyTo: '_inbox/c/1',
  deadline: 1_800_000_000_000,
  idempotencyKey: 'key',
  headers: { traceparent: '00-1' } as Headers | undefined,
  data: { a: 1 } as unknown,
}

describe.each(['native', 'envelope'] as const)('in %s mode', (mode) => {
  const roundTrip = (overrides: Partial<typeof request>): ReturnType<typeof decodeRequest> => {
    const sent = { ...request, ...overrides }
    const { payload, headers = {} } = encodeRequest(mode, sent, limits)
    const beside = mode === 'native' ? { replyTo: sent.replyTo, headers } : {}
    return decodeRequest(mode, incoming(payload, beside), limits)
  }

  it('a request arrives as it was sent', () => {
    expect(roundTrip({})).toEqual(request)
    expect(roundTrip({ headers: undefined })).toEqual({ ...request, headers: {} })
  })

  it.each([[null], [0], [''], [false], [[1, 2]], ['text'], [{ data: 1, header: 2 }]])(
    'the data %j arrives unchanged',
    (data) => {
      expect(roundTrip({ data }).data).toEqual(data)
    },
  )

  it('a request without data arrives with {}', () => {
    expect(roundTrip({ data: undefined }).data).toEqual({})
  })

  it.each([[{ a: 1 }], [null], [[]], ['text'], [0]])('a reply of %j arrives unchanged', (data) => {
    const { payload, headers = {} } = encodeReply(mode, { headers: {}, data }, limits)
    expect(decodeReply(mode, { id: '1', payload: Buffer.from(payload), headers }, limits)).toEqual({
      headers: {},
      data,
    })
  })

  it('a reply of nothing arrives as null, and headers arrive', () => {
    const { payload, headers = {} } = encodeReply(mode, { headers: { k: 'v' } }, limits)
    expect(decodeReply(mode, { id: '1', payload: Buffer.from(payload), headers }, limits)).toEqual({
      headers: { k: 'v' },
      data: null,
    })
  })

  it('an error reply keeps code, message and data', () => {
    const error = { code: 'POOR', message: 'größer', data: { missing: '10' } }
    const { payload, headers = {} } = encodeReply(mode, { headers: {}, error }, limits)
    expect(decodeReply(mode, { id: '1', payload: Buffer.from(payload), headers }, limits).error).toEqual(error)
  })

  it('refuses to send what would be over the limit with its envelope', () => {
    const data = 'x'.repeat(98)
    const tight = { ...limits, maxBytes: 100 }
    const send = (): unknown => encodeRequest(mode, { ...request, data }, tight)
    if (mode === 'native') expect(send).not.toThrow()
    else expect(send).toThrow(invalid)
    expect(() => encodeRequest(mode, { ...request, data: `${data}y` }, tight)).toThrow(invalid)
    expect(() => encodeReply(mode, { headers: {}, data: `${data}y` }, tight)).toThrow(invalid)
  })
})

describe('an envelope of a peer', () => {
  it('has the header of commlib-py, and ours, on the wire', () => {
    const { payload, headers } = encodeRequest('envelope', request, limits)
    expect(headers).toBeUndefined()
    expect(JSON.parse(payload)).toEqual({
      header: {
        reply_to: '_inbox/c/1',
        timestamp: expect.any(Number),
        content_type: 'json',
        encoding: 'utf8',
        agent: 'botbus',
        deadline: 1_800_000_000_000,
        idempotency_key: 'key',
        properties: { traceparent: '00-1' },
      },
      data: { a: 1 },
    })
    expect(JSON.parse(encodeReply('envelope', { headers: {}, data: 1 }, limits).payload)).toEqual({
      header: { reply_to: '', timestamp: expect.any(Number), content_type: 'json', encoding: 'utf8', agent: 'botbus' },
      data: 1,
    })
  })

  it('of hummingbot-api is read', () => {
    const header = {
      timestamp: 1_795_443_588_073,
      reply_to: 'hummingbot-api/response/1795443588073',
      msg_id: '1',
      node_id: 'n',
      agent: 'hummingbot-api',
      properties: {},
    }
    expect(readEnvelope({ header, data: { days: 1 } })).toMatchObject({
      replyTo: 'hummingbot-api/response/1795443588073',
      headers: {},
      data: { days: 1 },
    })
  })

  it('of commlib-py with a clock in nanoseconds is read', () => {
    const nanoseconds = `${Date.now()}755539`
    const text = `{"header":{"reply_to":"rpc-c1","timestamp":${nanoseconds},"content_type":"json","encoding":"utf8","agent":"commlib"},"data":{"a":1,"b":"-2"}}`
    expect(readEnvelope(text)).toMatchObject({ replyTo: 'rpc-c1', data: { a: 1, b: '-2' } })
    expect(readEnvelope(text).idempotencyKey).toBeDefined()
  })

  it.each([
    ['without a header', { data: { a: 1 } }, { replyTo: '', data: { a: 1 } }],
    ['with nothing of an envelope', { a: 1 }, { replyTo: '', data: { a: 1 } }],
    ['that is empty', {}, { replyTo: '', data: {} }],
    ['with a header that is no object', { header: [1], data: 1 }, { replyTo: '', data: 1 }],
    ['without reply_to', { header: {}, data: 1 }, { replyTo: '', data: 1 }],
    ['with an empty reply_to', { header: { reply_to: '' }, data: 1 }, { replyTo: '', data: 1 }],
    ['with a reply_to that is no text', { header: { reply_to: 7 }, data: 1 }, { replyTo: '', data: 1 }],
    ['with a reply_to of null', { header: { reply_to: null }, data: 1 }, { replyTo: '', data: 1 }],
    ['without data', { header: { reply_to: 'r' } }, { replyTo: 'r', data: undefined }],
    ['with data of null', { header: { reply_to: 'r' }, data: null }, { replyTo: 'r', data: null }],
    ['with data of a list', { header: { reply_to: 'r' }, data: [1] }, { replyTo: 'r', data: [1] }],
  ])('%s is read', (_, body, expected) => {
    expect(readEnvelope(body)).toMatchObject(expected)
    expect(readEnvelope(body).headers).toEqual({})
  })

  it.each(['[]', '1', '"text"', 'null', 'nonsense', '', '{"header":'])('that is %j is refused', (text) => {
    expect(() => readEnvelope(text)).toThrow(invalid)
  })

  it('is answered where the broker says, if it carries the reply address beside the body', () => {
    const request = incoming({ header: { reply_to: 'written' }, data: 1 }, { replyTo: 'carried' })
    expect(decodeRequest('envelope', request, limits).replyTo).toBe('carried')
  })

  it('loses headers that are no text', () => {
    const header = { properties: { a: 'x', b: 1, c: null } }
    expect(readEnvelope({ header, data: 1 }).headers).toEqual({ a: 'x' })
  })

  it.each(['soon', 'NaN', {}, true])('refuses a request whose deadline is %j: it may have passed', (deadline) => {
    expect(() => readEnvelope({ header: { deadline } })).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD' }))
  })

  it('reads a deadline that is text; an empty one, or one that never comes, is none', () => {
    expect(readEnvelope({ header: { deadline: '1800000000000' } }).deadline).toBe(1_800_000_000_000)
    expect(readEnvelope('{"header":{"deadline":Infinity}}').deadline).toBeUndefined()
    expect(readEnvelope({ header: { deadline: '' } }).deadline).toBeUndefined()
  })
})

describe('the fingerprint of a request without a key', () => {
  const withClock = (timestamp: unknown): unknown => ({ header: { reply_to: 'r', timestamp }, data: {} })
  const key = (timestamp: unknown): string | undefined => readEnvelope(withClock(timestamp)).idempotencyKey

  it('is made of its bytes when its clock runs, in ms, µs or ns', () => {
    const now = Date.now()
    for (const timestamp of [now, now * 1e3, now * 1e6, String(now)]) {
      expect(key(timestamp)).toEqual(expect.any(String))
      expect(key(timestamp)).toBe(key(timestamp))
    }
    expect(key(now)).not.toBe(key(now + 1))
  })

  it.each([
    [undefined],
    [null],
    ['x'],
    [0],
    [1],
    [1_795_443],
    [-1],
    [Date.now() - 3_600_000],
    [Date.now() + 3_600_000],
  ])('is none when its clock stands: %j', (timestamp) => {
    expect(key(timestamp)).toBeUndefined()
  })

  it('gives way to the key that a caller sent, if that is a text', () => {
    const header = { timestamp: Date.now(), idempotency_key: 'mine' }
    expect(readEnvelope({ header }).idempotencyKey).toBe('mine')
    expect(readEnvelope({ header: { ...header, idempotency_key: 7 } }).idempotencyKey).not.toBe(7)
    expect(readEnvelope({ header: { idempotency_key: '' } }).idempotencyKey).toBeUndefined()
  })
})

describe('a native request of a peer', () => {
  it('needs nothing beside its body', () => {
    expect(decodeRequest('native', incoming({ a: 1 }), limits)).toEqual({ replyTo: '', headers: {}, data: { a: 1 } })
    expect(decodeRequest('native', incoming(''), limits).data).toBeUndefined()
  })

  it('has no key and no deadline when those headers are empty', () => {
    const headers = { idempotency_key: '', deadline: '', other: 'y' }
    const envelope = decodeRequest('native', incoming({}, { headers }), limits)
    expect(envelope).toEqual({ replyTo: '', headers: { other: 'y' }, data: {} })
  })
})

describe('a reply of a peer', () => {
  const read = (text: string, headers?: Headers): ReturnType<typeof decodeReply> =>
    decodeReply(
      headers ? 'native' : 'envelope',
      { id: '1', payload: Buffer.from(text), headers: headers ?? {} },
      limits,
    )

  it.each(['{}', '[]', '1', 'null', '', 'nonsense', '{"header":{}}'])('that is %j is refused', (text) => {
    expect(() => read(text)).toThrow(invalid)
  })

  it('needs no header', () => {
    expect(read('{"data":{"status":200}}')).toEqual({ headers: {}, data: { status: 200 } })
    expect(read('{"header":null,"data":null}')).toEqual({ headers: {}, data: null })
  })

  it('is an error with defaults when its error is incomplete', () => {
    const unnamed = { code: 'REMOTE', message: 'the server answered with an error', data: undefined }
    expect(read('{"header":{"error":{}},"data":null}').error).toEqual(unnamed)
    expect(read('{"header":{"error":{"code":1,"message":[]}},"data":null}').error).toEqual(unnamed)
    expect(read('null', { error: '7' }).error).toEqual(unnamed)
    expect(() => read('null', { error: 'nonsense' })).toThrow(invalid)
  })
})

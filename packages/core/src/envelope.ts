import { hash } from 'node:crypto'
import { assertFits, type CodecLimits, decodeJson, encodeJson } from './codec.ts'
import { BotbusError, type RemoteFailure } from './errors.ts'
import type { Capabilities, Headers, IncomingReply, IncomingRequest } from './transport.ts'

/*
 * How a request and its reply look on the wire. Brokers without headers carry commlib-py's envelope
 * `{"header": {...}, "data": ...}` (https://github.com/robotics-4-all/commlib-py), which every Hummingbot speaks; peers ignore
 * the header keys that are ours. Brokers with headers carry the bare data and the same facts beside it.
 */

const AGENT = 'botbus'
const NONE: Readonly<Record<string, never>> = Object.freeze({})

type Mode = Capabilities['headers']

export interface RequestEnvelope {
  /** Empty: nobody waits for a reply. */
  readonly replyTo: string
  /** Milliseconds since 1970 after which the request must not run. */
  readonly deadline: number | undefined
  /** Two requests with one key are one request. */
  readonly idempotencyKey: string | undefined
  readonly headers: Headers
  readonly data: unknown
}

export interface ReplyEnvelope {
  readonly headers: Headers
  readonly data?: unknown
  readonly error?: RemoteFailure & { readonly message: string }
}

export interface Encoded {
  readonly payload: string
  readonly headers?: Headers
}

/** Reads a request; throws `INVALID_PAYLOAD`. A body without a header is data that wants no reply. */
export function decodeRequest(mode: Mode, request: IncomingRequest, limits: CodecLimits): RequestEnvelope {
  const body = decodeJson(request.payload, limits)
  if (mode === 'native') {
    const { deadline, idempotency_key, agent: _, ...headers } = request.headers ?? NONE
    return {
      replyTo: request.replyTo ?? '',
      deadline: readDeadline(deadline),
      idempotencyKey: idempotency_key === '' ? undefined : idempotency_key,
      headers,
      data: body,
    }
  }
  if (!isRecord(body)) throw new BotbusError('INVALID_PAYLOAD', 'a request must be a JSON object')
  const header = isRecord(body['header']) ? body['header'] : NONE
  const { reply_to, deadline, idempotency_key: key } = header
  return {
    // What stands beside the body is what the broker vouches for (AMQP rewrites it); the header only repeats it.
    replyTo: request.replyTo ?? (typeof reply_to === 'string' ? reply_to : ''),
    deadline: readDeadline(deadline),
    idempotencyKey: typeof key === 'string' && key !== '' ? key : fingerprint(header, request.payload),
    headers: textValues(header['properties']),
    data: 'data' in body || 'header' in body ? body['data'] : body,
  }
}

/** Refuses with `INVALID_PAYLOAD` what the codec refuses. Data that is `undefined` is sent as `{}`. */
export function encodeRequest(
  mode: Mode,
  request: { replyTo: string; deadline: number; idempotencyKey: string; headers: Headers | undefined; data: unknown },
  limits: CodecLimits,
): Encoded {
  const data = encodeJson(request.data === undefined ? {} : request.data, limits)
  if (mode === 'native') {
    return {
      payload: data,
      headers: {
        ...request.headers,
        agent: AGENT,
        deadline: String(request.deadline),
        idempotency_key: request.idempotencyKey,
      },
    }
  }
  const { replyTo, deadline, idempotencyKey, headers } = request
  const facts = `"deadline":${deadline},"idempotency_key":${JSON.stringify(idempotencyKey)}`
  return enveloped(replyTo, isEmpty(headers) ? facts : `${facts},"properties":${JSON.stringify(headers)}`, data, limits)
}

export function decodeReply(mode: Mode, reply: IncomingReply, limits: CodecLimits): ReplyEnvelope {
  const body = decodeJson(reply.payload, limits)
  if (mode === 'native') {
    const { error, agent: _, ...headers } = reply.headers ?? {}
    if (error === undefined) return { headers, data: body }
    return { headers, error: toFailure(decodeJson(Buffer.from(error), limits)) }
  }
  if (!isRecord(body) || !('data' in body)) {
    throw new BotbusError('INVALID_PAYLOAD', 'a reply must be a JSON object with "data"')
  }
  const header = isRecord(body['header']) ? body['header'] : {}
  const headers = textValues(header['properties'])
  return isRecord(header['error']) ? { headers, error: toFailure(header['error']) } : { headers, data: body['data'] }
}

export function encodeReply(mode: Mode, reply: ReplyEnvelope, limits: CodecLimits): Encoded {
  const data = encodeJson(reply.data ?? null, limits)
  if (mode === 'native') {
    const error = reply.error && { error: encodeJson(reply.error, limits) }
    return { payload: data, headers: { ...reply.headers, agent: AGENT, ...error } }
  }
  const { headers, error } = reply
  const properties = isEmpty(headers) ? '' : `"properties":${JSON.stringify(headers)}`
  const failure = error === undefined ? '' : `"error":${encodeJson(error, limits)}`
  return enveloped('', [properties, failure].filter((fact) => fact !== '').join(','), data, limits)
}

/** Written part by part: most of it is the same each time. `facts` are the members that commlib-py does not have. */
function enveloped(replyTo: string, facts: string, data: string, limits: CodecLimits): Encoded {
  const header = `"reply_to":${JSON.stringify(replyTo)},"timestamp":${Date.now()},"content_type":"json","encoding":"utf8","agent":"${AGENT}"`
  const payload = `{"header":{${header}${facts === '' ? '' : `,${facts}`}},"data":${data}}`
  assertFits(payload, limits)
  return { payload }
}

const LIVE_CLOCK_WINDOW = 10 * 60_000

/**
 * Peers that send no key are recognised by their bytes, provided that the header carries a running
 * clock (commlib-py: milliseconds or nanoseconds); hand-written requests with a constant header may repeat.
 */
function fingerprint(header: Readonly<Record<string, unknown>>, payload: Uint8Array): string | undefined {
  const timestamp = toNumber(header['timestamp'])
  if (timestamp === undefined) return undefined
  const milliseconds = timestamp > 1e17 ? timestamp / 1e6 : timestamp > 1e14 ? timestamp / 1e3 : timestamp
  if (Math.abs(Date.now() - milliseconds) > LIVE_CLOCK_WINDOW) return undefined
  return hash('sha256', payload, 'base64')
}

function toFailure(value: unknown): NonNullable<ReplyEnvelope['error']> {
  const failure = isRecord(value) ? value : {}
  return {
    code: typeof failure['code'] === 'string' ? failure['code'] : 'REMOTE',
    message: typeof failure['message'] === 'string' ? failure['message'] : 'the server answered with an error',
    data: failure['data'],
  }
}

/** None, or one that never comes, is no limit. What cannot be read is refused: it may have passed. */
function readDeadline(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const deadline = typeof value === 'string' ? Number(value) : value
  if (typeof deadline !== 'number' || Number.isNaN(deadline)) {
    throw new BotbusError('INVALID_PAYLOAD', 'the deadline of a request must be a number')
  }
  return deadline === Number.POSITIVE_INFINITY ? undefined : deadline
}

function toNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function textValues(value: unknown): Headers {
  if (!isRecord(value)) return NONE
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(record: object | undefined): boolean {
  for (const _ in record) return false
  return true
}

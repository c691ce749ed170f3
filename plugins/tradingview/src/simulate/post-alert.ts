import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { messageOf } from '@botbus/core'

/** What came of one POST. */
export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly milliseconds: number }
  /** Nothing within the limit: TradingView has cancelled it, and never sends it again. */
  | { readonly kind: 'timeout'; readonly milliseconds: number }
  /** No connection, or one that broke. */
  | { readonly kind: 'failed'; readonly reason: string; readonly milliseconds: number }

export interface Post {
  readonly url: URL
  readonly body: string
  readonly contentType: string
  /** Milliseconds until it is cancelled. */
  readonly limit: number
  readonly agent: HttpAgent
  readonly signal: AbortSignal
}

/** Seen in the logs of receivers; TradingView documents none. */
const USER_AGENT = 'Go-http-client/1.1'
const LONGEST_ANSWER = 16_384

export function agentFor(url: URL, connections: number): HttpAgent {
  const options = { keepAlive: true, maxSockets: connections, family: 4 } as const
  return url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
}

/** One POST as TradingView sends it: IPv4, no redirect followed, cancelled after the limit. Rejects only when the signal fires. */
export async function postAlert({ url, body, contentType, limit, agent, signal }: Post): Promise<Answer> {
  signal.throwIfAborted()
  const begin = performance.now()
  const elapsed = (): number => performance.now() - begin
  const expiry = AbortSignal.timeout(limit)
  try {
    const response = await exchange(url, body, contentType, agent, AbortSignal.any([signal, expiry]))
    return { kind: 'answered', ...response, milliseconds: elapsed() }
  } catch (error) {
    signal.throwIfAborted()
    if (expiry.aborted) return { kind: 'timeout', milliseconds: elapsed() }
    return { kind: 'failed', reason: messageOf(error), milliseconds: elapsed() }
  }
}

function exchange(
  url: URL,
  body: string,
  contentType: string,
  agent: HttpAgent,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const headers = {
    'user-agent': USER_AGENT,
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve, reject) => {
    const request = send(url, { method: 'POST', headers, agent, signal }, (response) => {
      read(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text }), reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** TradingView ignores it; it is read for whoever looks at the report, and not beyond what they would read. */
async function read(response: IncomingMessage): Promise<string> {
  let text = ''
  response.setEncoding('utf8')
  for await (const part of response as AsyncIterable<string>) {
    if (text.length < LONGEST_ANSWER) text += part.slice(0, LONGEST_ANSWER - text.length)
  }
  return text
}

import { readFileSync } from 'node:fs'
import type { ContractMessage } from './contract-messages.ts'

/** A line of `fixtures/hummingbot-wire.jsonl`: what real peers wrote on a real broker. */
type Captured =
  | { kind: 'message'; source: string; topic: string; payload: string }
  | { kind: 'call'; source: string; command: string; request: object | null; reply: string | null }

const captured = readFileSync(new URL('../../fixtures/hummingbot-wire.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Captured)

const SHOWN = 3
const REQUEST_HEADER = {
  reply_to: 'hbot/testbot/reply/5b0c1d8e9f2a4736/8f14e45fceea167a5a36dedd4bea2543',
  timestamp: 1795443588073,
  content_type: 'json',
  encoding: 'utf8',
  agent: 'botbus',
}

/** No bot writes these: they are what a controller may send. */
const WRITTEN: Partial<Record<string, unknown[]>> = {
  externalEvent: [
    { timestamp: 1795443588073, sequence: 0, type: 'external_event', data: { side: 'BUY', amount: 0.5 } },
  ],
  commandShortcuts: [{ success: [true], status: 200, msg: '' }],
}

export interface Example {
  readonly summary: string
  readonly payload: unknown
}

/** At most three different payloads of real peers, envelope included. */
export function examplesOf(message: ContractMessage): Example[] {
  const found = new Map<string, Example>()
  for (const line of captured) {
    const example = read(message, line)
    if (!example) continue
    const key = JSON.stringify(example.data)
    if (!found.has(key)) found.set(key, { summary: `Captured: ${line.source}`, payload: example.payload })
  }
  if (found.size > 0) return [...found.values()].slice(0, SHOWN)
  const written = WRITTEN[message.of] ?? []
  return written.map((data) => ({
    summary: 'Written after the specification',
    payload: message.kind === 'response' ? { header: { ...REQUEST_HEADER, reply_to: '' }, data } : data,
  }))
}

function read(message: ContractMessage, line: Captured): { data: unknown; payload: unknown } | undefined {
  if (message.kind === 'message') {
    if (line.kind !== 'message' || line.topic !== `hbot/testbot/${message.suffix}`) return undefined
    const payload = parseStrictly(line.payload)
    return payload === undefined ? undefined : { data: payload, payload }
  }
  if (line.kind !== 'call' || line.command !== message.suffix) return undefined
  if (message.kind === 'request') {
    return line.request === null
      ? undefined
      : { data: line.request, payload: { header: REQUEST_HEADER, data: line.request } }
  }
  const reply = line.reply === null ? undefined : (JSON.parse(line.reply) as { data: unknown })
  return reply && { data: reply.data, payload: reply }
}

/** A document of JSON values cannot show a bare NaN. */
function parseStrictly(payload: string): unknown {
  if (/\bNaN\b|\bInfinity\b/.test(payload)) return undefined
  return JSON.parse(payload)
}

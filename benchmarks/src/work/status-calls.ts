import type { Entry } from '../contenders/index.ts'
import type { Amount, CallResult } from '../peer/protocol.ts'
import type { Pair } from './pair-pool.ts'
import { STATUS_REPLY, STATUS_REQUEST } from './payloads.ts'
import type { WorkContext } from './work.ts'

/** Milliseconds for what goes beyond a command's own time. */
const WATCHDOG = 10_000
/** Milliseconds: servers on Kafka wait for their group. */
const SERVE_TIMEOUT = 30_000

export function statusAddress(entry: Entry): string {
  return `hbot/${entry.name}/status`
}

/** Resolves when the pair's server answers. The second call does nothing. */
export async function serveStatus({ server, done }: Pair, entry: Entry): Promise<void> {
  if (done.has('serve')) return
  await server.ask({ do: 'serve', address: statusAddress(entry), reply: STATUS_REPLY }, SERVE_TIMEOUT)
  done.add('serve')
}

/** Calls at full speed until rates have settled. Rejects when nobody answers. */
export async function warmUpCalls(context: WorkContext, pair: Pair, entry: Entry, inFlight: number): Promise<void> {
  const { warmUp } = context.plan
  const seconds = pair.done.has('warm') ? warmUp / 4 : warmUp
  const { calls } = await callStatus(context, pair, entry, inFlight, { seconds })
  if (calls === 0) throw new Error('no call was answered while it was warming up')
  pair.done.add('warm')
}

export async function callStatus(
  { note }: WorkContext,
  pair: Pair,
  entry: Entry,
  inFlight: number,
  amount: Amount & { seconds: number },
): Promise<CallResult> {
  const command = { do: 'call', address: statusAddress(entry), request: STATUS_REQUEST, inFlight, ...amount } as const
  const result = await pair.client.ask<CallResult>(command, amount.seconds * 1_000 + WATCHDOG)
  const { lost, calls, reason = 'no reply in time' } = result
  if (lost > 0) note(`${entry.name} lost ${lost} of ${calls + lost}: ${reason}`)
  return result
}

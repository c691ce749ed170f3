import type { Peer } from '../contenders/contender.ts'
import type { Command } from './protocol.ts'

/** So many services are opened at once. */
const LANES = 64

/** Serves one address, or one for each bot. */
export async function serveLoop(peer: Peer, command: Extract<Command, { do: 'serve' }>): Promise<void> {
  const { address, reply, bots } = command
  const answer = (): unknown => reply
  if (!bots) return peer.serve(address, answer)
  let next = bots.from
  const lane = async (): Promise<void> => {
    while (next < bots.to) await peer.serve(address.replace('{bot}', String(next++).padStart(5, '0')), answer)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

import { BotbusError, type OutgoingRequest } from '@botbus/core'
import { writeRequest } from './frames.ts'
import { patternChannel, requestChannel } from './names.ts'
import type { Session } from './session.ts'

/** A served pattern has at most so many levels: callers look for each that their address may match. */
export const MAX_PATTERN_LEVELS = 8

/** Sends a request to the servers of an address, or else to those of one pattern that it matches. Rejects `NO_RESPONDER`. */
export function sendRequest(session: Session, address: string, request: OutgoingRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const { id, expiresIn, payload } = request
    session.send(requestChannel(address), writeRequest(id, expiresIn, '', payload), (error, receivers) => {
      if (error) reject(error)
      else if (receivers > 0) resolve()
      else resolve(sendToPattern(session, address, request))
    })
  })
}

async function sendToPattern(session: Session, address: string, request: OutgoingRequest): Promise<void> {
  const frame = writeRequest(request.id, request.expiresIn, address, request.payload)
  for (const channel of await servedPatterns(session, address)) {
    if ((await receiversOf(session, channel, frame)) > 0) return
  }
  const hint = session.capabilities.noResponder === 'presence' ? '' : '; a service of commlib-py needs rpc: lists'
  throw new BotbusError('NO_RESPONDER', `nobody serves ${address}${hint}`, { outcome: 'not_sent' })
}

function receiversOf(session: Session, channel: string, frame: string): Promise<number> {
  return new Promise((resolve, reject) => {
    session.send(channel, frame, (error, receivers) => (error ? reject(error) : resolve(receivers)))
  })
}

/** The channels of patterns that match and are served now. */
async function servedPatterns(session: Session, address: string): Promise<string[]> {
  const channels = patternsOf(address).map(patternChannel)
  const [first] = channels
  if (first === undefined) return []
  const counts = await session.commandOn(first, 'pubsub', session.isSharded ? 'shardnumsub' : 'numsub', ...channels)
  if (!Array.isArray(counts)) return []
  return channels.filter((_, index) => Number(counts[2 * index + 1]) > 0)
}

/** All patterns that match an address: those of its length first, then those that end in `#`, the deeper ones first. */
export function patternsOf(address: string): string[] {
  const levels = address.split('/')
  const exact: string[][] = []
  /** By depth. */
  const open: string[][][] = []
  let prefixes: string[][] = [[]]
  for (const [depth, level] of levels.entries()) {
    if (depth === MAX_PATTERN_LEVELS) break
    open.push(prefixes)
    prefixes = prefixes.flatMap((prefix) => [
      [...prefix, level],
      [...prefix, '+'],
    ])
  }
  if (levels.length <= MAX_PATTERN_LEVELS) exact.push(...prefixes.slice(1))
  if (levels.length < MAX_PATTERN_LEVELS) open.push(prefixes)
  const patterns = [...exact, ...open.reverse().flatMap((deep) => deep.map((prefix) => [...prefix, '#']))]
  const isHidden = address.startsWith('$')
  return patterns.filter(([first]) => !isHidden || (first !== '+' && first !== '#')).map((pattern) => pattern.join('/'))
}

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Peer } from '../contenders/contender.ts'
import { messageOf } from '../message-of.ts'
import type { CallResult, Command } from './protocol.ts'
import { Samples } from './samples.ts'

/** Milliseconds without a reply after which the rest is lost: after the last request, and while requests still go out. */
const PATIENCE = { afterwards: 2_000, meanwhile: 5_000 }
/** Milliseconds after `seconds`. */
const GRACE = 4_000

/** Calls as the command says. A call that never settles holds up its lane, not the loop. */
export async function callLoop(peer: Peer, command: Extract<Command, { do: 'call' }>): Promise<CallResult> {
  const { address, request, inFlight, seconds = Number.POSITIVE_INFINITY, count = Number.POSITIVE_INFINITY } = command
  const samples = new Samples()
  const begin = performance.now()
  const end = begin + seconds * 1_000
  let now = begin
  let lastReply = begin
  let started = 0
  let isOver = false
  let reason: string | undefined

  async function lane(): Promise<void> {
    while (now < end && started < count && !isOver) {
      started++
      const sent = performance.now()
      try {
        const reply = (await peer.call(address, request)) as { status?: unknown } | null
        now = performance.now()
        if (isOver) return
        if (reply?.status === 200) {
          samples.add(now - sent)
          lastReply = now
        }
      } catch (error) {
        reason ??= messageOf(error)
        // Lost: it is in `started` but not in `samples`. What fails at once must not keep the process from everything else.
        await nextTurn()
        now = performance.now()
      }
    }
  }

  function isGivenUp(): boolean {
    const time = performance.now()
    const isLast = time >= end || started >= count
    return time - lastReply > (isLast ? PATIENCE.afterwards : PATIENCE.meanwhile) || time > end + GRACE
  }

  const lanes = Promise.all(Array.from({ length: inFlight }, lane))
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<void>()
  const timer = setInterval(() => isGivenUp() && giveUp(), 100)
  await Promise.race([lanes, givenUp])
  clearInterval(timer)
  isOver = true
  const calls = samples.count
  const result = { calls, duration: lastReply - begin, ...samples.summary(), lost: started - calls }
  return reason === undefined ? result : { ...result, reason }
}

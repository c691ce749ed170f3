import type { Entry } from '../contenders/index.ts'
import type { Amount, CallResult } from '../peer/protocol.ts'
import { costs, type Phase, type Subject, secondsOf, tenfold, WATCHDOG } from './growth-phase.ts'
import type { Pair } from './pair-pool.ts'
import { STATUS_REPLY, STATUS_REQUEST } from './payloads.ts'
import type { WorkContext } from './work.ts'

const IN_FLIGHT = 64
/** Milliseconds. */
const SERVE_TIMEOUT = 60_000
/** Seconds until a burst must have been answered. */
const BURST = 20

/** Bytes of JSON around the padding. */
const AROUND = { request: sizeOf({ ...STATUS_REQUEST, padding: '' }), reply: sizeOf({ ...STATUS_REPLY, data: '' }) }

export const callsInFlight: Subject = {
  steps: (_, isQuick) => tenfold(IN_FLIGHT, isQuick),
  phases: (context, inFlight) => [
    {
      ...calling('calls in flight', 0),
      warmUp: (pair, entry) => warmUp(context, pair, entry, inFlight, 0),
      round: (pair, entry) => call(context, pair, { ...statusOf(entry, 0), inFlight, seconds: secondsOf(context) }),
    },
  ],
}

export const burst: Subject = {
  steps: () => [3_000, 30_000],
  phases: (context, count) => [
    {
      ...calling('calls at once', 0),
      round: (pair, entry) => call(context, pair, { ...statusOf(entry, 0), inFlight: count, count, seconds: BURST }),
    },
  ],
}

export const bytesOfCalls: Subject = {
  steps: (_, isQuick) => tenfold(200, isQuick),
  phases: (context, bytes) => [
    {
      ...calling('bytes in request and in reply', bytes),
      load: bytes,
      warmUp: (pair, entry) => warmUp(context, pair, entry, IN_FLIGHT, bytes),
      round: (pair, entry) =>
        call(context, pair, { ...statusOf(entry, bytes), inFlight: IN_FLIGHT, seconds: secondsOf(context) }),
    },
  ],
}

export const services: Subject = {
  // A connection to RabbitMQ has 2,047 channels, and each service takes one.
  steps: (broker, isQuick) => tenfold(broker === 'amqp' ? 20 : 100, isQuick),
  phases: (context, count) => {
    // On Kafka the floor has a consumer group for each address, which takes seconds to come into being.
    const own = { kind: 'growth-services', without: context.broker === 'kafka' ? ['floor'] : [] }
    const opened: Phase = {
      ...own,
      name: 'services on one bus, opening one',
      rounds: 1,
      open: async () => undefined,
      async round({ server, done }, entry) {
        const before = count / 10
        const from = done.has(`services ${before}`) ? before : 0
        const begin = performance.now()
        const bots = { from, to: count }
        await server.ask({ do: 'serve', address: serviceOf(entry, '{bot}'), reply: STATUS_REPLY, bots }, SERVE_TIMEOUT)
        done.add(`services ${count}`)
        return costs(count - from, performance.now() - begin, 0)
      },
    }
    const command = (entry: Entry) => {
      const address = serviceOf(entry, String(count - 1).padStart(5, '0'))
      return { address, request: STATUS_REQUEST, inFlight: IN_FLIGHT, seconds: secondsOf(context) }
    }
    const called: Phase = {
      ...own,
      name: 'services on one bus, calling one',
      open: async () => undefined,
      warmUp: (pair, entry) => answered(call(context, pair, command(entry))),
      round: (pair, entry) => call(context, pair, command(entry)),
    }
    return [opened, called]
  },
}

function calling(name: string, bytes: number): Pick<Phase, 'name' | 'kind' | 'open'> {
  return { name, kind: 'growth-calls', open: (pair, entry) => serve(pair, entry, bytes) }
}

async function serve({ server, done }: Pair, entry: Entry, bytes: number): Promise<void> {
  const { address } = statusOf(entry, bytes)
  if (done.has(address)) return
  const reply = bytes === 0 ? STATUS_REPLY : { ...STATUS_REPLY, data: '.'.repeat(Math.max(0, bytes - AROUND.reply)) }
  await server.ask({ do: 'serve', address, reply }, SERVE_TIMEOUT)
  done.add(address)
}

async function warmUp(context: WorkContext, pair: Pair, entry: Entry, inFlight: number, bytes: number): Promise<void> {
  const { plan } = context
  const seconds = pair.done.has('warm') ? plan.warmUp / 4 : plan.warmUp
  await answered(call(context, pair, { ...statusOf(entry, bytes), inFlight, seconds }))
  pair.done.add('warm')
}

async function answered(round: ReturnType<typeof call>): Promise<void> {
  const { operations } = await round
  if (operations === 0) throw new Error('no call was answered while it was warming up')
}

/** Of that many bytes each; 0 for those of the other works. */
function statusOf({ name }: Entry, bytes: number): { address: string; request: object } {
  if (bytes === 0) return { address: `hbot/${name}/status`, request: STATUS_REQUEST }
  const padding = '.'.repeat(Math.max(0, bytes - AROUND.request))
  return { address: `hbot/${name}-${bytes}/status`, request: { ...STATUS_REQUEST, padding } }
}

function serviceOf({ name }: Entry, bot: string): string {
  return `hbot-${name}/bot${bot}/status`
}

async function call(
  { note }: WorkContext,
  { client }: Pair,
  command: { address: string; request: object; inFlight: number } & Amount & { seconds: number },
) {
  const timeout = command.seconds * 1_000 + WATCHDOG
  const { calls, duration, lost, reason } = await client.ask<CallResult>({ do: 'call', ...command }, timeout)
  const { address, inFlight } = command
  if (lost > 0)
    note(`${address}, ${inFlight} in flight: lost ${lost} of ${calls + lost}: ${reason ?? 'no reply in time'}`)
  return costs(calls, duration, lost)
}

function sizeOf(value: object): number {
  return JSON.stringify(value).length
}

import type { Entry } from '../contenders/index.ts'
import type { Outgoing, PublishResult } from '../peer/protocol.ts'
import type { Pair } from './pair-pool.ts'
import { EVENT, HEARTBEAT, LOG_MESSAGE } from './payloads.ts'
import { runRounds, USAGE_MEASURES } from './rounds.ts'
import type { MeasureKind, Result, Work, WorkContext } from './work.ts'

/** Milliseconds for what goes beyond a command's own time. */
const WATCHDOG = 10_000
const SUBSCRIBE_TIMEOUT = 30_000
/** Messages under way at most: Mosquitto drops what exceeds 1,000 for one subscriber, unless it is told otherwise. */
const WINDOW = 1_000
const BOTS = 10_000

const MEASURES: readonly MeasureKind[] = [
  { name: 'rate', label: 'delivered/s', unit: '1/s', shows: 'ratio', digits: 0 },
  ...USAGE_MEASURES,
  { name: 'lost', label: 'lost', unit: 'messages', shows: 'sum', digits: 0 },
  { name: 'published', label: 'of messages', unit: 'messages', shows: 'sum', digits: 0 },
]

interface Stream {
  readonly patterns: readonly string[]
  readonly messages: readonly Outgoing[]
}

export const pubsub: Work = {
  name: 'pubsub',
  title: 'Pub/sub, one publisher, one subscriber, 200-byte messages',
  measures: MEASURES,
  run: (context) =>
    stream(context, 'pubsub', ({ name }) => {
      const topic = `fleet-${name}/bot00000/log`
      return { patterns: [topic], messages: [{ topic, bots: 1, message: LOG_MESSAGE }] }
    }),
}

export const fanin: Work = {
  name: 'fanin',
  title: 'Fan-in, heartbeats, logs and events of 10,000 bots into one client with wildcard subscriptions',
  measures: MEASURES,
  run: (context) =>
    stream(context, 'fanin', ({ name }) => {
      const of = (channel: string, message: unknown): Outgoing => ({
        topic: `fleet-${name}/bot{bot}/${channel}`,
        bots: BOTS,
        message,
      })
      return {
        patterns: ['hb', 'log', 'events'].map((channel) => `fleet-${name}/+/${channel}`),
        messages: [of('hb', HEARTBEAT), of('log', LOG_MESSAGE), of('events', EVENT)],
      }
    }),
}

function stream(context: WorkContext, kind: string, streamOf: (entry: Entry) => Stream): Promise<readonly Result[]> {
  const { rounds, seconds, budget, warmUp } = context.plan
  return runRounds(context, {
    kind,
    rounds,
    budget,
    async open(pair, entry) {
      await pair.server.ask({ do: 'subscribe', patterns: streamOf(entry).patterns }, SUBSCRIBE_TIMEOUT)
      pair.server.onReceived = (count) => pair.client.credit(count)
    },
    async warmUp(pair, entry) {
      const { messages } = streamOf(entry)
      let { received } = await publish(pair, messages, warmUp)
      // Once more: some find their topics only when there is something in them.
      if (received === 0) received = (await publish(pair, messages, warmUp)).received
      if (received === 0) throw new Error('no message arrived while it was warming up')
    },
    async round(pair, entry) {
      const { published, received, duration } = await publish(pair, streamOf(entry).messages, seconds)
      const rate = duration > 0 ? (received / duration) * 1_000 : 0
      return { sample: { rate, lost: published - received, published }, operations: received }
    },
  })
}

function publish(pair: Pair, messages: readonly Outgoing[], seconds: number): Promise<PublishResult> {
  const command = { do: 'publish', messages, seconds, window: WINDOW } as const
  return pair.client.ask<PublishResult>(command, seconds * 1_000 + WATCHDOG)
}

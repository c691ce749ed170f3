import type { Entry } from '../contenders/index.ts'
import type { Outgoing, PublishResult } from '../peer/protocol.ts'
import { costs, type Phase, type Subject, secondsOf, tenfold, WATCHDOG } from './growth-phase.ts'
import type { Pair } from './pair-pool.ts'
import { EVENT, HEARTBEAT, LOG_MESSAGE } from './payloads.ts'
import type { WorkContext } from './work.ts'

/** Milliseconds. */
const SUBSCRIBE_TIMEOUT = 60_000
/** Messages under way at most: Mosquitto drops what exceeds 1,000 for one subscriber. */
const WINDOW = 1_000
const CHANNELS = { hb: HEARTBEAT, log: LOG_MESSAGE, events: EVENT }

export const bytesOfMessages: Subject = {
  steps: (_, isQuick) => tenfold(200, isQuick),
  phases: (context, bytes) => [
    {
      ...fleet(context, (entry) => [messageOf(entry, 'log', padded(bytes), 1)]),
      name: 'bytes in a message',
      load: bytes,
    },
  ],
}

export const botsInTopics: Subject = {
  steps: (_, isQuick) => tenfold(1_000, isQuick),
  phases: (context, bots) => [
    {
      ...fleet(
        context,
        (entry) => Object.entries(CHANNELS).map(([channel, message]) => messageOf(entry, channel, message, bots)),
        // Each bot has its turn.
        bots < 100_000 ? secondsOf(context) : 4 * secondsOf(context),
      ),
      name: 'bots in the topics of three subscriptions',
    },
  ],
}

export const wildcards: Subject = {
  steps: (_, isQuick) => tenfold(10, isQuick),
  phases: (context, count) => [
    {
      ...streaming(context, ({ name }) => [{ topic: `many-${name}-{bot}/bot/log`, bots: count, message: LOG_MESSAGE }]),
      name: 'wildcard subscriptions in one process, none overlapping',
      // A subscriber's patterns are given once: each step has processes of its own.
      kind: `growth-wildcards-${count}`,
      // On Kafka the floor has a topic for each of them.
      without: context.broker === 'kafka' ? ['floor'] : [],
      open: (pair, { name }) => {
        const numbers = Array.from({ length: count }, (_, number) => String(number).padStart(5, '0'))
        return subscribe(
          pair,
          numbers.map((number) => `many-${name}-${number}/+/log`),
        )
      },
    },
  ],
}

type MessagesOf = (entry: Entry) => readonly Outgoing[]

/** One subscriber for all that is published in one fleet. */
function fleet(context: WorkContext, messagesOf: MessagesOf, seconds?: number): Omit<Phase, 'name'> {
  return {
    ...streaming(context, messagesOf, seconds),
    kind: 'growth-messages',
    open: (pair, { name }) =>
      subscribe(
        pair,
        Object.keys(CHANNELS).map((channel) => `fleet-${name}/+/${channel}`),
      ),
  }
}

function streaming(
  context: WorkContext,
  messagesOf: MessagesOf,
  seconds: number = secondsOf(context),
): Pick<Phase, 'warmUp' | 'round'> {
  return {
    async warmUp(pair, entry) {
      const { warmUp } = context.plan
      const { received } = await publish(pair, messagesOf(entry), pair.done.has('warm') ? warmUp / 4 : warmUp)
      if (received === 0) throw new Error('no message arrived while it was warming up')
      pair.done.add('warm')
    },
    async round(pair, entry) {
      const { published, received, duration } = await publish(pair, messagesOf(entry), seconds)
      return costs(received, duration, published - received)
    },
  }
}

function publish({ client }: Pair, messages: readonly Outgoing[], seconds: number): Promise<PublishResult> {
  const command = { do: 'publish', messages, seconds, window: WINDOW } as const
  return client.ask<PublishResult>(command, seconds * 1_000 + WATCHDOG)
}

async function subscribe({ client, server, done }: Pair, patterns: readonly string[]): Promise<void> {
  if (done.has('subscribe')) return
  await server.ask({ do: 'subscribe', patterns }, SUBSCRIBE_TIMEOUT)
  server.onReceived = (count) => client.credit(count)
  done.add('subscribe')
}

function messageOf({ name }: Entry, channel: string, message: unknown, bots: number): Outgoing {
  return { topic: `fleet-${name}/bot{bot}/${channel}`, bots, message }
}

/** A log message of that many bytes, at least those that it has. */
function padded(bytes: number): object {
  const missing = Math.max(0, bytes - JSON.stringify(LOG_MESSAGE).length)
  return { ...LOG_MESSAGE, msg: LOG_MESSAGE.msg + '.'.repeat(missing) }
}

import type { DeliveryListener, IncomingReply, Transport, TransportEvents, TransportState } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import type { Alteration } from '../../../packages/conformance/src/stage/recording.ts'
import { verdict } from './verdict.ts'

/* The suite can fail: each promise that a transport breaks is caught by the item that is about it. */

const later = (run: () => unknown, ms = 1): void => void setTimeout(run, ms)
const everyThird = (): (() => boolean) => {
  let count = 0
  return () => ++count % 3 === 0
}

/** What the transport tells its bus goes through `change` first. */
function telling(change: (events: TransportEvents, own: Transport) => Partial<TransportEvents>): Alteration {
  return (own) => ({
    connect: ({ events, ...rest }) => {
      const told: TransportEvents = {
        state: (state) => events.state(state),
        reply: (reply) => events.reply(reply),
        unanswerable: (id) => events.unanswerable(id),
        problem: (error) => events.problem(error),
      }
      return own.connect({ ...rest, events: { ...told, ...change(told, own) } })
    },
  })
}

/** Does something else once the link has dropped. */
function forgetting(change: (own: Transport, hasForgotten: () => boolean) => Partial<Transport>): Alteration {
  return (own) => {
    let isForgotten = false
    const watching = telling((events) => ({
      state: (state: TransportState) => {
        isForgotten ||= state.status === 'reconnecting'
        events.state(state)
      },
    }))
    return { ...watching(own), ...change(own, () => isForgotten) }
  }
}

/** What arrives goes through `change` first. */
function hearing(change: (listener: DeliveryListener) => DeliveryListener): Alteration {
  return (own) => ({
    subscribe: (pattern, listener, options) => own.subscribe(pattern, change(listener), options),
  })
}

const stripped = (name: string): Alteration => {
  return (own) => ({
    request: (address, { headers = {}, ...request }) => {
      const { [name]: _, ...rest } = headers
      return own.request(address, { ...request, headers: rest })
    },
  })
}

const inboxes: ((reply: IncomingReply) => void)[] = []

const BROKEN: readonly (readonly [breach: string, item: number, alteration: Alteration])[] = [
  [
    'writes header values in lower case',
    1,
    (own) => ({
      request: (address, { headers = {}, ...request }) => {
        const changed = Object.entries(headers).map(([name, value]) => [name, value.trim()])
        return own.request(address, { ...request, headers: Object.fromEntries(changed) })
      },
    }),
  ],
  [
    'loses every third reply',
    2,
    telling((events) => {
      const isLost = everyThird()
      return { reply: (reply) => void (isLost() || events.reply(reply)) }
    }),
  ],
  [
    'delivers replies twice',
    3,
    telling((events) => ({
      reply: (reply) => {
        events.reply(reply)
        events.reply(reply)
      },
    })),
  ],
  [
    'hands replies to every client',
    3,
    telling((events) => {
      inboxes.push((reply) => events.reply(reply))
      return { reply: (reply) => void inboxes.forEach((inbox) => void inbox(reply)) }
    }),
  ],
  [
    'opens its inbox after connect',
    4,
    telling((events) => {
      let isOpen = false
      later(() => (isOpen = true), 20)
      return { reply: (reply) => void (isOpen && events.reply(reply)) }
    }),
  ],
  [
    'loses the header of errors',
    5,
    telling((events) => ({
      reply: ({ headers: { error: _, ...headers } = {}, ...reply }) => events.reply({ ...reply, headers }),
    })),
  ],
  [
    'keeps late replies for itself',
    6,
    telling((events) => {
      const since = performance.now()
      return { reply: (reply) => void (performance.now() - since < 1_000 && events.reply(reply)) }
    }),
  ],
  ['forgets deadlines', 7, stripped('deadline')],
  [
    'tells no server that its caller gave up',
    8,
    (own) => ({
      request: (address, { signal: _, ...request }) => own.request(address, request),
    }),
  ],
  [
    'tells nobody that nobody serves',
    9,
    (own) => ({
      request: (address, request) => own.request(address, request)?.catch(() => undefined),
    }),
  ],
  [
    'hands requests to two servers',
    10,
    (own) => ({
      request: async (address, request) => {
        await own.request(address, request)
        await own.request(address, request)
      },
    }),
  ],
  ['forgets idempotency keys', 11, stripped('idempotency_key')],
  [
    'sends requests again after a reconnect',
    12,
    (own) => {
      const sent: Parameters<Transport['request']>[] = []
      return {
        ...telling((events) => ({
          state: (state: TransportState) => {
            events.state(state)
            if (state.status !== 'connected') return
            for (const [address, request] of sent) void own.request(address, { ...request, headers: {} })
          },
        }))(own),
        request: (...request) => {
          sent.push(request)
          return own.request(...request)
        },
      }
    },
  ],
  [
    'queues what is sent while it is offline',
    13,
    (own) => ({
      publish: async (...message) => {
        const send = (): Promise<void> => own.publish(...message).catch(() => later(send, 5))
        await send()
      },
    }),
  ],
  [
    'forgets its servers when the link drops',
    14,
    forgetting((own, hasForgotten) => ({
      serve: (address, listener, options) =>
        own.serve(address, (request) => void (hasForgotten() || listener(request)), options),
    })),
  ],
  [
    'delivers messages twice',
    15,
    hearing((listener) => async (delivery) => {
      await listener(delivery)
      await listener(delivery)
    }),
  ],
  [
    'loses every third message',
    15,
    hearing((listener) => {
      const isLost = everyThird()
      return (delivery) => (isLost() ? undefined : listener(delivery))
    }),
  ],
  [
    'takes + for several levels',
    16,
    (own) => ({
      subscribe: (pattern, ...rest) => own.subscribe(pattern.replace(/\+$/, '#'), ...rest),
    }),
  ],
  [
    'ignores groups',
    17,
    (own) => ({
      subscribe: (pattern, listener) => own.subscribe(pattern, listener),
    }),
  ],
  ['loses the order', 18, hearing((listener) => (delivery) => later(() => listener(delivery), Math.random() * 5))],
  [
    'acknowledges before the listener has finished',
    19,
    hearing((listener) => async (delivery) => void listener(delivery)),
  ],
  [
    'keeps nothing for a group',
    19,
    (own) => ({
      subscribe: (pattern, listener, { group } = {}) =>
        own.subscribe(pattern, listener, group === undefined ? {} : { group }),
    }),
  ],
  [
    'forgets its subscriptions when the link drops',
    20,
    forgetting((own, hasForgotten) => ({
      subscribe: (pattern, listener, options) =>
        own.subscribe(pattern, (delivery) => (hasForgotten() ? undefined : listener(delivery)), options),
    })),
  ],
  [
    'goes on after unsubscribe',
    21,
    (own) => ({
      subscribe: async (...subscription) => {
        await own.subscribe(...subscription)
        return async () => undefined
      },
    }),
  ],
  [
    'drops what is too much without a word',
    22,
    hearing((listener) => {
      let count = 0
      return (delivery) => (++count > 100 ? undefined : listener(delivery))
    }),
  ],
  [
    'reads bytes as text',
    23,
    hearing(
      (listener) => (delivery) =>
        listener({ ...delivery, payload: Buffer.from(Buffer.from(delivery.payload).toString()) }),
    ),
  ],
  [
    'closes its link before handlers have answered',
    24,
    (own) => ({
      serve: async (...service) => {
        const unserve = await own.serve(...service)
        return async () => {
          await unserve()
          await own.close()
        }
      },
      reply: async (...reply) => own.publish(...(reply as unknown as [string, string])),
    }),
  ],
  [
    'leaves its services behind',
    25,
    (own) => ({
      serve: async (...service) => {
        await own.serve(...service)
        return async () => undefined
      },
      close: async () => undefined,
    }),
  ],
  [
    'leaves a timer for each connection',
    28,
    (own) => ({
      connect: async (options) => {
        setInterval(() => undefined, 60_000)
        await own.connect(options)
      },
    }),
  ],
]

describe('the suite', () => {
  it.each([...new Set(BROKEN.map(([, item]) => item))])('passes an honest transport: item %i', async (item) => {
    expect(await verdict(item, () => ({}), 8_000)).toEqual([])
  })

  it.each(BROKEN)('catches a transport that %s, by item %i', async (_, item, alteration) => {
    expect(await verdict(item, alteration, 1_500)).not.toEqual([])
  })
})

import type { IncomingReply, Transport, TransportEvents } from '@botbus/core'

/** Makes a method of a transport misbehave, or be watched: gets the real transport, returns what replaces its methods. */
export type Alteration = (transport: Transport) => Partial<Transport>

/** A transport whose methods are replaced by those of the alteration; everything else is its own. */
export function altered(transport: Transport, alteration: Alteration): Transport {
  const replaced = alteration(transport)
  return new Proxy(transport, {
    get(target, key) {
      const own: unknown = Reflect.get(key in replaced ? replaced : target, key)
      return typeof own === 'function' ? own.bind(key in replaced ? replaced : target) : own
    },
  })
}

/** A transport that also tells `onReply` of every reply that it hands to its bus. */
export function recordingReplies(transport: Transport, onReply: (reply: IncomingReply) => void): Transport {
  return altered(transport, (own) => ({
    connect: ({ events, ...rest }) => own.connect({ ...rest, events: watched(events, onReply) }),
  }))
}

function watched(events: TransportEvents, onReply: (reply: IncomingReply) => void): TransportEvents {
  return {
    state: (state) => events.state(state),
    unanswerable: (id) => events.unanswerable(id),
    problem: (error) => events.problem(error),
    reply: (reply) => {
      onReply(reply)
      events.reply(reply)
    },
  }
}

/* Your own transport, with an EventEmitter as its broker. 05-your-own-transport.test.ts proves that it keeps all promises. */
import { randomUUID } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { BotbusError, type Capabilities, type IncomingReply, type IncomingRequest, type Transport } from '@botbus/core'

const CAPABILITIES: Capabilities = {
  wildcards: false,
  groups: 'none',
  ordering: 'topic',
  atLeastOnce: false,
  noResponder: 'definite',
  cancellation: true,
  lastWill: false,
  retained: false,
  headers: 'native',
  maxPayload: Number.MAX_SAFE_INTEGER,
}

/** Transports of one emitter meet. Timeouts, codecs, errors, the duplicate guard and all the rest are the bus's work. */
export function emitter(broker: EventEmitter): Transport {
  const inbox = `_inbox/${randomUUID()}`
  const leaving = new Set<() => void>()
  let closed: Promise<void> | undefined

  async function listen<Item>(event: string, listener: (item: Item) => void): Promise<() => Promise<void>> {
    // As from a socket: never within the call that sends, and not to whom has left meanwhile.
    const hear = (item: Item): void => queueMicrotask(() => leaving.has(leave) && listener(item))
    const leave = (): void => void (leaving.delete(leave) && broker.off(event, hear))
    leaving.add(leave)
    broker.on(event, hear)
    return async () => leave()
  }
  function emit(event: string, { payload, ...item }: { payload: string | Uint8Array }): boolean {
    if (closed !== undefined) throw new BotbusError('CLOSED', 'the transport is closed', { outcome: 'not_sent' })
    return broker.emit(event, { ...item, payload: Buffer.from(payload), retained: false })
  }
  async function close(): Promise<void> {
    for (const leave of leaving) leave()
  }

  return {
    name: 'emitter',
    capabilities: CAPABILITIES,
    connect: async ({ events }) => void (await listen<IncomingReply>(inbox, (reply) => events.reply(reply))),
    close: () => (closed ??= close()),
    publish: async (topic, payload) => void emit(`topic ${topic}`, Object.assign({ payload }, { topic })),
    subscribe: (topic, listener) => listen(`topic ${topic}`, listener),
    replyAddress: (_, id) => `${inbox}/${id}`,
    request: async (address, request) => {
      if (emit(`service ${address}`, Object.assign({ topic: address }, request))) return
      throw new BotbusError('NO_RESPONDER', `nobody serves ${address}`, { outcome: 'not_sent' })
    },
    serve: (address, listener) => listen<IncomingRequest>(`service ${address}`, listener),
    reply: async (replyTo, reply) => void emit(replyTo.slice(0, replyTo.lastIndexOf('/')), reply),
  }
}

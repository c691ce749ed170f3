import type { Headers } from '@botbus/core'
import { MemoryBroker } from '../src/broker.ts'
import { type Party, party } from './party.ts'

/** Sends what no bus would send, and collects the replies. */
export function rawClient(broker: MemoryBroker): {
  send: (overrides?: {
    headers?: Headers
    payload?: string
    retained?: boolean
    replyTo?: string
    topic?: string
  }) => void
  replies: { payload: string; headers: Headers | undefined }[]
} {
  const replies: { payload: string; headers: Headers | undefined }[] = []
  const inbox = '_inbox/raw'
  const nothing = (): void => undefined
  broker.attach({
    inbox,
    up: nothing,
    down: nothing,
    receive: ({ payload, headers }) => replies.push({ payload: Buffer.from(payload).toString(), headers }),
  })
  return {
    replies,
    send: ({ payload = '{}', ...overrides } = {}) =>
      void broker.request({
        topic: 'a/b',
        payload: Buffer.from(payload),
        replyTo: `${inbox}/1`,
        retained: false,
        ...overrides,
      }),
  }
}

/** A server, a client, and a client that keeps to no rules, at one broker. */
export async function setUp(): Promise<{
  broker: MemoryBroker
  server: Party
  client: Party
  raw: ReturnType<typeof rawClient>
}> {
  const broker = new MemoryBroker()
  return { broker, server: await party({ broker }), client: await party({ broker }), raw: rawClient(broker) }
}

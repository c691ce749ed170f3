import { expect } from 'vitest'
import { eventually, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const CALLS = 200

export function ownReplies({ promise }: Suite): void {
  promise(3, 'two clients of one service never receive each other’s replies, and each reply once', async (stage) => {
    const server = await stage.open()
    const clients = [await stage.open(), await stage.open()]
    await server.bus.serve(stage.topic('echo'), (request) => request)
    const answers = await Promise.all(
      clients.map(({ bus }, who) =>
        Promise.all(numbers(CALLS).map((index) => bus.call(stage.topic('echo'), { who, index }))),
      ),
    )
    for (const [who, replies] of answers.entries()) {
      expect(replies).toEqual(numbers(CALLS).map((index) => ({ who, index })))
    }
    // What is on its way to the wrong one arrives before the answer of one more call does.
    for (const { bus } of clients) await bus.call(stage.topic('echo'), 'last')
    for (const client of clients) {
      expect(client.replies).toHaveLength(CALLS + 1)
      expect(new Set(client.replies.map(({ id }) => id)).size).toBe(CALLS + 1)
      expect(client.dropped()).toEqual([])
    }
    expect(server.replies).toEqual([])
  })

  promise(3, 'a client that is also the server of its own calls gets each answer', async (stage) => {
    const { bus, replies } = await stage.open()
    await bus.serve(stage.topic('self'), async (request) =>
      request === 1 ? bus.call(stage.topic('self'), 2) : request,
    )
    expect(await bus.call(stage.topic('self'), 1)).toBe(2)
    await eventually(() => expect(replies).toHaveLength(2))
  })
}

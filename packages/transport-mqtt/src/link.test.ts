import { EventEmitter } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { type Connection, Link } from './link.ts'

/** A link whose socket the broker has ended, and which has not closed yet. */
function ended() {
  const publish = vi.fn()
  const connection: object = {
    client: Object.assign(new EventEmitter(), { options: { protocolVersion: 5 } }),
    socket: Object.assign(new EventEmitter(), { writable: false, writableNeedDrain: false }),
    wire: { listen: () => undefined, publish },
    server: {},
    peer: { label: 'mqtt://h:1883', host: 'h', username: undefined, clientId: 'id' },
  }
  return { link: new Link(connection as Connection), publish }
}

describe('a link that ends', () => {
  it.each([0, 1] as const)('takes nothing of QoS %i any more, as it would not leave', async (qos) => {
    const { link, publish } = ended()
    const refused = { code: 'NOT_CONNECTED', outcome: 'not_sent' }
    await expect(link.publish(qos, { topic: 'a', payload: '' })).rejects.toMatchObject(refused)
    await expect(link.request({ topic: 'a', payload: '' })).rejects.toMatchObject(refused)
    await expect(link.subscribe('a', 1, 0)).rejects.toMatchObject(refused)
    expect(publish).not.toHaveBeenCalled()
  })
})

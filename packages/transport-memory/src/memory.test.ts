import { readFile } from 'node:fs/promises'
import { BotbusError, capabilitiesTable, type TransportEvents, type TransportState } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { MemoryBroker } from './broker.ts'
import { memory } from './memory.ts'

function listener(): { states: TransportState['status'][]; replies: string[]; events: TransportEvents } {
  const states: TransportState['status'][] = []
  const replies: string[] = []
  return {
    states,
    replies,
    events: {
      state: ({ status }) => states.push(status),
      reply: ({ id, payload }) => replies.push(`${id} ${Buffer.from(payload)}`),
      problem: (error) => {
        throw error
      },
      unanswerable: (id) => {
        throw new Error(id)
      },
    },
  }
}

describe('memory', () => {
  it('meets the transports of its name, and no others', async () => {
    const [a1, a2, b] = [memory({ name: 'a' }), memory({ name: 'a' }), memory({ name: 'b' })]
    for (const transport of [a1, a2, b]) await transport.connect(listener())
    const seen: string[] = []
    await a2.subscribe('t', ({ payload }) => void seen.push(`a ${Buffer.from(payload)}`))
    await b.subscribe('t', ({ payload }) => void seen.push(`b ${Buffer.from(payload)}`))
    await a1.publish('t', 'x')
    await expect.poll(() => seen).toEqual(['a x'])
    for (const transport of [a1, a2, b]) await transport.close()
  })

  it('forgets a named broker, and what it retained, when the last one closes', async () => {
    const made = memory({ name: 'gone' })
    const first = memory({ name: 'gone' })
    await first.connect(listener())
    await first.publish('t', 'x', { retain: true })
    await first.close()
    await made.connect(listener())
    const seen: string[] = []
    await made.subscribe('t', ({ payload }) => void seen.push(String(Buffer.from(payload))))
    await made.publish('t', 'new')
    await expect.poll(() => seen).toEqual(['new'])
    await made.close()
  })

  it('delivers later than publish returns, so that no caller is called back within its own call', async () => {
    const transport = memory({ broker: new MemoryBroker() })
    await transport.connect(listener())
    const seen: unknown[] = []
    await transport.subscribe('t', (delivery) => void seen.push(delivery))
    void transport.publish('t', 'x')
    expect(seen).toEqual([])
    await expect.poll(() => seen.length).toBe(1)
    await transport.close()
  })

  it('hands over copies: later changes of the bytes change nothing', async () => {
    const transport = memory({ broker: new MemoryBroker() })
    await transport.connect(listener())
    const seen: string[] = []
    await transport.subscribe('t', ({ payload }) => void seen.push(String(Buffer.from(payload))))
    const bytes = Buffer.from('abc')
    void transport.publish('t', bytes)
    bytes.fill(0)
    await expect.poll(() => seen).toEqual(['abc'])
    await transport.close()
  })

  it('is not open before connect and after close', async () => {
    const transport = memory({ broker: new MemoryBroker() })
    const closed = expect.objectContaining({ code: 'CLOSED' })
    await expect(transport.publish('t', '')).rejects.toEqual(closed)
    await transport.connect(listener())
    await transport.close()
    const request = { id: '1', replyTo: 'r', payload: '', expiresIn: 1 }
    await expect(transport.publish('t', '')).rejects.toEqual(closed)
    await expect(transport.subscribe('t', () => undefined)).rejects.toEqual(closed)
    await expect(transport.serve('t', () => undefined)).rejects.toEqual(closed)
    await expect(transport.reply('t', { payload: '' })).rejects.toEqual(closed)
    await expect(transport.request('t', request)).rejects.toMatchObject({ code: 'CLOSED', outcome: 'not_sent' })
  })

  it('closes once, and says so once', async () => {
    const { events, states } = listener()
    const transport = memory({ broker: new MemoryBroker() })
    await transport.connect({ events })
    expect(transport.close()).toBe(transport.close())
    await transport.close()
    expect(states).toEqual(['closed'])
    await memory().close()
  })

  it('takes its subscriptions and servers along when it closes', async () => {
    const broker = new MemoryBroker()
    const transport = memory({ broker })
    await transport.connect(listener())
    const seen: unknown[] = []
    await transport.subscribe('t', (delivery) => void seen.push(delivery))
    await transport.serve('t', (request) => void seen.push(request))
    await transport.close()
    const message = { topic: 't', payload: Buffer.from('x'), retained: false }
    broker.publish(message)
    expect(broker.request(message)).toBe(false)
    await Promise.resolve()
    expect(seen).toEqual([])
  })

  it('tells every client once that the broker stopped and started', async () => {
    const broker = new MemoryBroker()
    const { events, states } = listener()
    await memory({ broker }).connect({ events })
    broker.stop()
    broker.stop()
    expect(broker.isRunning).toBe(false)
    broker.start()
    broker.start()
    expect(states).toEqual(['reconnecting', 'connected'])
  })

  it('rejects everything while the broker is stopped', async () => {
    const broker = new MemoryBroker()
    const transport = memory({ broker })
    await transport.connect(listener())
    broker.stop()
    const error = await transport.publish('t', '').catch((thrown: unknown) => thrown)
    expect(BotbusError.is(error) && error.code).toBe('NOT_CONNECTED')
    expect(
      await memory({ broker })
        .connect(listener())
        .catch((thrown: unknown) => thrown),
    ).toMatchObject({
      code: 'NOT_CONNECTED',
    })
  })

  it('receives replies in its own inbox only, and drops those to nobody', async () => {
    const broker = new MemoryBroker()
    const [one, two] = [listener(), listener()]
    const [first, second] = [memory({ broker }), memory({ broker })]
    await first.connect(one)
    await second.connect(two)
    await second.reply(first.replyAddress('a', 'i1'), { payload: 'x' })
    await second.reply('hbot/b2/stop', { payload: 'x' })
    await expect.poll(() => one.replies).toEqual(['i1 x'])
    expect(two.replies).toEqual([])
  })

  it('unsubscribes at once and twice without harm', async () => {
    const transport = memory({ broker: new MemoryBroker() })
    await transport.connect(listener())
    const seen: unknown[] = []
    const unsubscribe = await transport.subscribe('t', (delivery) => void seen.push(delivery))
    await transport.publish('t', 'before')
    await expect.poll(() => seen.length).toBe(1)
    void transport.publish('t', 'on its way')
    await unsubscribe()
    await unsubscribe()
    await transport.publish('t', 'after')
    await transport.close()
    expect(seen).toHaveLength(1)
  })
})

it('the guarantees in the README are those of the code', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const table = /<!-- capabilities -->\s*([\s\S]*?)\s*<!-- \/capabilities -->/.exec(readme)?.[1]
  expect(table).toBe(capabilitiesTable({ value: memory().capabilities }))
})

import { expect, vi } from 'vitest'
import { eventually, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'
import { Bots } from './bots.ts'

export function channels({ promise }: Suite): void {
  promise(
    'bridge',
    'what a bot tells arrives: events, notifications, logs, performance, status updates, heartbeats',
    async (stage) => {
      const bots = new Bots(stage)
      const client = await bots.client()
      const heard: Record<string, unknown[]> = {}
      for (const channel of ['events', 'notify', 'log', 'performance', 'statusUpdates', 'heartbeat'] as const) {
        const messages: unknown[] = []
        heard[channel] = messages
        await client.on(channel, ({ data }) => messages.push(data))
      }
      const bridge = await bots.bridge({}, { heartbeatInterval: 200 })
      bridge.event('OrderFilled', { order_id: 'OID1', price: 20000.1 })
      bridge.notify('ö\n"quoted"')
      bridge.log({ level: 'WARNING', message: 'slow', logger: 'strategy.x', timestamp: 1_795_443_544_648 })
      bridge.performance({ ctrl_1: { performance: { realized_pnl_quote: -1.5 }, custom_info: { note: 'x' } } })
      bridge.statusUpdate('strategy', 'running')
      await eventually(() => {
        expect(heard).toMatchObject({
          events: [{ timestamp: expect.any(Number), type: 'OrderFilled', data: { order_id: 'OID1', price: 20000.1 } }],
          notify: [{ seq: 0, timestamp: expect.any(Number), msg: 'ö\n"quoted"' }],
          log: [
            { timestamp: 1795443544.648, msg: 'slow', level_no: 30, level_name: 'WARNING', logger_name: 'strategy.x' },
          ],
          performance: [{ ctrl_1: { performance: { realized_pnl_quote: -1.5 }, custom_info: { note: 'x' } } }],
        })
        expect(heard['heartbeat']?.length).toBeGreaterThan(1)
        expect(heard['statusUpdates']).toMatchObject([
          { type: 'availability', msg: 'online' },
          { type: 'strategy', msg: 'running' },
        ])
      })
      await bridge.stop()
      await eventually(() => expect(heard['statusUpdates']).toHaveLength(3))
      expect(heard['statusUpdates']?.at(-1)).toMatchObject({ type: 'availability', msg: 'offline' })
      expect(bots.warnings).toEqual([])
    },
  )

  promise('bridge', 'the order of what a bot tells is kept', async (stage) => {
    const bots = new Bots(stage)
    const order: unknown[] = []
    const client = await bots.client()
    await client.on('events', ({ data }) => order.push(data.data['index']))
    const bridge = await bots.bridge({})
    for (const index of numbers(300)) bridge.event('OrderFilled', { index })
    await eventually(() => expect(order).toHaveLength(300))
    expect(order).toEqual(numbers(300))
  })

  promise('bridge', 'external events reach their bot, by name and in order, and no other bot', async (stage) => {
    const bots = new Bots(stage)
    const [own, other] = [vi.fn(), vi.fn()]
    await bots.bridge({ externalEvent: own })
    await bots.bridge({ externalEvent: other }, { id: bots.id('other') })
    const client = await bots.client()
    await client.sendEvent('tick', { price: 1 })
    await client.sendEvent('order.market', { side: 'buy' }, { timestamp: 1, sequence: 2, type: 'eevent' })
    await eventually(() => expect(own).toHaveBeenCalledTimes(2))
    expect(own.mock.calls).toContainEqual([
      'order.market',
      { timestamp: 1, sequence: 2, type: 'eevent', data: { side: 'buy' } },
    ])
    expect(own.mock.calls).toContainEqual(['tick', expect.objectContaining({ sequence: 0, data: { price: 1 } })])
    expect(other).not.toHaveBeenCalled()
  })

  promise('bridge', 'a flood of one bot keeps no other bot from being heard', async (stage) => {
    const bots = new Bots(stage)
    const heard: string[] = []
    const quiet = await bots.client(bots.id('quiet'))
    await quiet.on('notify', ({ data }) => heard.push(data.msg))
    const loud = await bots.bridge({}, { id: bots.id('loud') })
    const whisper = await bots.bridge({}, { id: bots.id('quiet') })
    for (const index of numbers(1_000)) loud.event('tick', { index })
    whisper.notify('I am here')
    await eventually(() => expect(heard).toEqual(['I am here']))
  })
}

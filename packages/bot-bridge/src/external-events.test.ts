import { expect, it, vi } from 'vitest'
import { harness } from '../test/harness.ts'
import { BotClient } from './index.ts'

const EVENT = { timestamp: 1, sequence: 2, type: 'eevent', data: { side: 'buy' } }

async function setUp() {
  const made = await harness()
  const externalEvent = vi.fn()
  return { ...made, externalEvent }
}

it.each([
  ['order', 'order'],
  ['order/market', 'order.market'],
  ['a/b/c', 'a.b.c'],
])('hands external/event/%s to the bot as %s', async (path, name) => {
  const { bus, bridge, externalEvent } = await setUp()
  await bridge({ externalEvent })
  await bus.publish(`hbot/testbot/external/event/${path}`, EVENT)
  await vi.waitFor(() => expect(externalEvent).toHaveBeenCalledExactlyOnceWith(name, EVENT))
})

it('hands on what a client sends', async () => {
  const { bus, bridge, externalEvent } = await setUp()
  await bridge({ externalEvent })
  const client = new BotClient(bus, 'testbot')
  await client.sendEvent('order.market', { side: 'buy' })
  await client.sendEvent('order.market', {}, { type: 'eevent', timestamp: 5, sequence: 9 })
  await vi.waitFor(() => expect(externalEvent).toHaveBeenCalledTimes(2))
  const first = { timestamp: expect.any(Number), sequence: 0, type: 'external_event', data: { side: 'buy' } }
  expect(externalEvent.mock.calls).toEqual([
    ['order.market', first],
    ['order.market', { timestamp: 5, sequence: 9, type: 'eevent', data: {} }],
  ])
})

it('ignores a retained one, and says so', async () => {
  const { bus, bridge, warnings, externalEvent } = await setUp()
  await bus.publish('hbot/testbot/external/event/a', EVENT, { retain: true })
  await bridge({ externalEvent })
  await vi.waitFor(() => expect(warnings).toEqual([expect.stringContaining('retained')]))
  expect(externalEvent).not.toHaveBeenCalled()
})

it.each([
  [{ ...EVENT, timestamp: 1.5 }],
  [{ ...EVENT, sequence: 'x' }],
  [{ ...EVENT, data: [] }],
  [{ timestamp: 1, sequence: 2, type: 't' }],
  [null],
])('drops and counts %j, and hears the next one', async (wrong) => {
  const { bus, bridge, dropped, externalEvent } = await setUp()
  await bridge({ externalEvent })
  await bus.publish('hbot/testbot/external/event/wrong', wrong)
  await bus.publish('hbot/testbot/external/event/right', EVENT)
  await vi.waitFor(() => expect(externalEvent).toHaveBeenCalledExactlyOnceWith('right', EVENT))
  expect(dropped('hbot/testbot/external/event/wrong')).toEqual(['invalid'])
})

it('goes on after a listener that throws, and reports it', async () => {
  const { bus, bridge, events, externalEvent } = await setUp()
  externalEvent.mockRejectedValueOnce(new Error('broken'))
  await bridge({ externalEvent })
  await bus.publish('hbot/testbot/external/event/a', EVENT)
  await bus.publish('hbot/testbot/external/event/b', EVENT)
  await vi.waitFor(() => expect(externalEvent).toHaveBeenCalledTimes(2))
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'listener_failed', topic: 'hbot/testbot/external/event/a' }),
  )
})

import { expect, vi } from 'vitest'
import { eventually, failure, nextState, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'
import { Bots } from './bots.ts'

export function outage({ fault }: Suite): void {
  fault(
    'bridge',
    'the broker is killed and restarted: bridge and client go on by themselves, and nothing runs late',
    async (stage) => {
      const bots = new Bots(stage)
      // Where there is a network, the controller is back before the bot.
      const way = stage.broker.port === undefined ? undefined : stage.faults.proxied()
      const blocked = Promise.withResolvers<string>()
      const start = vi.fn(() => 'started')
      const status = vi.fn(() => blocked.promise)
      const bot = await stage.open(way ? { target: way.target } : {})
      const bridge = await bots.bridge({ start, status, history: () => [] }, { bus: bot.bus })
      const controller = await stage.open()
      const client = await bots.client(bots.id('bot'), controller)
      const [told, states]: [unknown[], unknown[]] = [[], []]
      await client.on('events', ({ data }) => told.push(data.data['index']))
      await client.on('statusUpdates', ({ data }) => states.push(data.msg))
      const inFlight = failure(client.status())
      await eventually(() => expect(status).toHaveBeenCalled())

      const [botBack, back] = [bot, controller].map(({ bus }) => nextState(bus, 'connected'))
      way?.proxy.shut()
      await stage.faults.kill()
      expect(await inFlight).toMatchObject({ code: 'NOT_CONNECTED', outcome: 'unknown' })
      await eventually(() => expect(controller.bus.state.status).toBe('reconnecting'))
      expect(await failure(client.start())).toMatchObject({ code: 'NOT_CONNECTED', outcome: 'not_sent' })
      for (const index of numbers(3)) bridge.event('OrderFilled', { index })
      blocked.resolve('too late')
      await stage.faults.start()
      await back
      way?.proxy.restore()
      await botBack
      await eventually(() => expect(told).toEqual([0, 1, 2]))
      await eventually(() => expect(states).toEqual(['online']))
      expect(await client.history()).toEqual({ status: 200, msg: '', trades: [] })
      expect(start).not.toHaveBeenCalled()
      expect(status).toHaveBeenCalledOnce()
      expect(await client.start()).toMatchObject({ status: 200, msg: 'started' })
    },
  )

  fault(
    'bridge',
    'what a bot tells while the broker is away arrives afterwards, in order; heartbeats of that time do not',
    async (stage) => {
      const bots = new Bots(stage)
      const { proxy, target } = stage.faults.proxied()
      const controller = await stage.open()
      const client = await bots.client(bots.id('bot'), controller)
      const [told, beats]: [unknown[], unknown[]] = [[], []]
      await client.on('notify', ({ data }) => told.push(data.seq))
      await client.on('heartbeat', ({ data }) => beats.push(data.ts))
      const bot = await stage.open({ target })
      const bridge = await bots.bridge({}, { bus: bot.bus, heartbeatInterval: 50 })
      await eventually(() => expect(beats.length).toBeGreaterThan(1))
      const down = nextState(bot.bus, 'reconnecting')
      proxy.shut()
      await down
      const outageBegan = Date.now() * 1_000
      for (const index of numbers(500)) bridge.notify(String(index))
      const back = nextState(controller.bus, 'connected')
      await stage.faults.kill()
      await stage.faults.start()
      await back
      for (const index of numbers(500)) bridge.notify(String(500 + index))
      const outageEnded = Date.now() * 1_000
      proxy.restore()
      await eventually(() => expect(told).toHaveLength(1_000))
      expect(told).toEqual(numbers(1_000))
      const before = beats.length
      await eventually(() => expect(beats.length).toBeGreaterThan(before))
      expect(beats.filter((ts) => Number(ts) > outageBegan && Number(ts) < outageEnded)).toEqual([])
      expect(bridge.droppedMessages).toBe(0)
    },
  )
}

import { BotbusError } from '@botbus/core'
import { expect } from 'vitest'
import type { Party, Stage } from '../stage/stage.ts'
import { eventually, nextState, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const MESSAGES = 10_000
const WINDOW = 100
/** The broker is killed while the window that begins there is on its way. */
const RESTART_AT: readonly number[] = [3_000, 6_000]
/** So many confirmed messages may wait at the broker for a slow subscriber: some keep 1,000. */
const BEHIND = 500

async function publishOnce({ bus }: Party, topic: string, index: number): Promise<boolean> {
  try {
    await bus.publish(topic, index, { qos: 1 })
    return true
  } catch (error) {
    if (BotbusError.is(error) && error.code === 'NOT_CONNECTED') return false
    throw error
  }
}

async function publishUntilConfirmed(publisher: Party, topic: string, index: number): Promise<void> {
  while (!(await publishOnce(publisher, topic, index))) {
    if (publisher.bus.state.status !== 'connected') await nextState(publisher.bus, 'connected')
    await new Promise(setImmediate)
  }
}

async function restart(stage: Stage, parties: readonly Party[]): Promise<void> {
  const back = Promise.all(parties.map(({ bus }) => nextState(bus, 'connected')))
  await stage.faults.kill()
  await stage.faults.start()
  await back
}

/** Publishes all, and kills the broker twice meanwhile. `ready` resolves when the window that begins there may be sent. */
async function stream(
  stage: Stage,
  parties: readonly Party[],
  send: (index: number) => Promise<unknown>,
  ready: (start: number) => Promise<void> = async () => undefined,
): Promise<void> {
  for (let start = 0; start < MESSAGES; start += WINDOW) {
    await ready(start)
    const sent = numbers(WINDOW).map((offset) => send(start + offset))
    await Promise.all([...sent, ...(RESTART_AT.includes(start) ? [restart(stage, parties)] : [])])
  }
}

export function restarts({ fault }: Suite): void {
  fault(
    20,
    'subscribers resume after two broker restarts within 10,000 messages: nothing later is lost, nothing comes twice',
    async (stage) => {
      const [publisher, subscriber] = [await stage.open(), await stage.open()]
      const received: number[] = []
      const topic = stage.topic('stream')
      await subscriber.bus.subscribe(topic, ({ data }) => received.push(data as number), { capacity: 2 * MESSAGES })
      // What the broker has confirmed and not delivered yet dies with it: only what was heard before a kill is certain.
      const ready = async (start: number): Promise<void> => {
        const heard = (RESTART_AT.includes(start) ? start : start - BEHIND) - 1
        if (heard >= 0) await eventually(() => expect(received.at(-1)).toBeGreaterThanOrEqual(heard))
      }
      await stream(stage, [publisher, subscriber], (index) => publishOnce(publisher, topic, index), ready)
      await eventually(() => expect(received).toContain(MESSAGES - 1))
      const mayBeLost = (index: number): boolean => RESTART_AT.some((start) => index >= start && index < start + WINDOW)
      const certain = numbers(MESSAGES).filter((index) => !mayBeLost(index))
      await eventually(() => {
        const arrived = new Set(received)
        expect(certain.filter((index) => !arrived.has(index))).toEqual([])
      })
      expect(new Set(received).size).toBe(received.length)
      if (stage.capabilities.ordering !== 'none') expect(received).toEqual(received.toSorted((a, b) => a - b))
    },
    { timeout: 180_000 },
  )

  fault(
    20,
    'where at least once is declared, nothing confirmed is lost by two broker restarts within 10,000 messages',
    async (stage) => {
      if (!stage.capabilities.atLeastOnce) stage.skip('at least once is not declared (19: it is refused)')
      const [publisher, subscriber] = [await stage.open(), await stage.open()]
      const received = new Set<unknown>()
      const topic = stage.topic('stream')
      const options = { group: stage.group('g'), atLeastOnce: true }
      await subscriber.bus.subscribe(topic, ({ data }) => received.add(data), options)
      await stream(stage, [publisher, subscriber], (index) => publishUntilConfirmed(publisher, topic, index))
      await eventually(() => expect(received.size).toBe(MESSAGES))
    },
    { timeout: 180_000 },
  )
}

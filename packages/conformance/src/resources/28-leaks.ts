import { connectBus } from '@botbus/core'
import { expect } from 'vitest'
import type { Stage } from '../stage/stage.ts'
import { eventually, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const ROUNDS = 1_000
const AT_ONCE = 5

/** What Node still holds that could be ours. */
function handles(): number {
  return process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|Socket|Timeout|GetAddrInfo/.test(kind)).length
}

/** Runs it and returns what Node warned of meanwhile, such as too many listeners. */
async function warningsOf(run: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = []
  const listener = (warning: Error): void => void warnings.push(`${warning.name}: ${warning.message}`)
  process.on('warning', listener)
  try {
    await run()
    await new Promise(setImmediate)
  } finally {
    process.off('warning', listener)
  }
  return warnings
}

async function round(stage: Stage, index: number): Promise<void> {
  const bus = await connectBus(stage.transport())
  const wild = stage.capabilities.wildcards
  const subscription = await bus.subscribe(stage.topic(wild ? `r${index}/#` : `r${index}`), () => undefined)
  const service = await bus.serve(stage.topic(`r${index}/s`), () => 'up')
  expect(await bus.call(stage.topic(`r${index}/s`))).toBe('up')
  if (index % 2) {
    await subscription.close()
    await service.close()
  }
  await bus.close()
}

export function leaks({ promise, subject }: Suite): void {
  const rounds = subject.rounds ?? ROUNDS
  promise(
    28,
    `${rounds} rounds of connect, subscribe, serve, unsubscribe and close leave no socket, listener, queue or key`,
    async (stage) => {
      if (rounds < ROUNDS) stage.note(`${rounds} connects instead of ${ROUNDS}`)
      const held = async (): Promise<number> => (await subject.brokerResources?.(stage.broker)) ?? 0
      await round(stage, 0)
      const [before, heldBefore] = [handles(), await held()]
      const warnings = await warningsOf(async () => {
        for (let start = 1; start <= rounds; start += AT_ONCE) {
          await Promise.all(numbers(Math.min(AT_ONCE, rounds + 1 - start)).map((one) => round(stage, start + one)))
        }
      })
      expect(warnings).toEqual([])
      await eventually(() => expect(handles()).toBeLessThanOrEqual(before))
      await eventually(async () => expect(await held()).toBeLessThanOrEqual(heldBefore))
      if (!subject.brokerResources) stage.note('what the broker holds was not counted')
    },
    { timeout: 180_000 },
  )

  promise(28, '1,000 subscriptions and services that come and go on one link leave nothing', async (stage) => {
    const { bus } = await stage.open()
    const held = async (): Promise<number> => (await subject.brokerResources?.(stage.broker)) ?? 0
    const comeAndGo = async (index: number): Promise<void> => {
      const subscription = await bus.subscribe(stage.topic(`t${index % 50}`), () => undefined)
      const service = await bus.serve(stage.topic(`s${index}`), () => index)
      await Promise.all([subscription.close(), service.close()])
    }
    await comeAndGo(0)
    const [before, heldBefore] = [handles(), await held()]
    const warnings = await warningsOf(async () => {
      for (let start = 1; start <= 500; start += 20) {
        await Promise.all(numbers(20).map((one) => comeAndGo(start + one)))
      }
    })
    expect(warnings).toEqual([])
    await eventually(() => expect(handles()).toBeLessThanOrEqual(before))
    await eventually(async () => expect(await held()).toBeLessThanOrEqual(heldBefore))
    await bus.serve(stage.topic('after'), () => 'up')
    expect(await bus.call(stage.topic('after'))).toBe('up')
  })
}

import { connectBus } from '@botbus/core'
import { MemoryBroker, memory } from '@botbus/memory'
import { type Alteration, altered } from '../../../packages/conformance/src/stage/recording.ts'
import { Stage, type StageContext } from '../../../packages/conformance/src/stage/stage.ts'
import { patience } from '../../../packages/conformance/src/stage/waiting.ts'
import type { ConformanceSubject } from '../../../packages/conformance/src/subject.ts'
import type { Suite } from '../../../packages/conformance/src/suite.ts'
import { THEMES } from '../../../packages/conformance/src/themes.ts'

patience.ms = 500

class Skipped extends Error {}

/**
 * Runs the suite's tests of one item on the memory transport with an alteration: `failed` with the names of the tests that did not
 * pass. One that has not ended after `end` ms hangs.
 */
export async function verdict(item: number, alteration: Alteration, end: number): Promise<string[]> {
  const failed: string[] = []
  const tests: { text: string; run: (stage: Stage) => Promise<void> }[] = []
  const register: Suite['promise'] = (of, text, run) => void (of === item && tests.push({ text, run }))
  const subject = subjectWith(alteration)
  for (const theme of THEMES) theme({ subject, promise: register, fault: register })
  for (const { text, run } of tests) {
    if (!(await passes(subject, run, end))) failed.push(text)
  }
  return failed
}

async function passes(
  subject: ConformanceSubject,
  run: (stage: Stage) => Promise<void>,
  end: number,
): Promise<boolean> {
  await using broker = await subject.startBroker()
  const bus = await connectBus(memory())
  const { capabilities } = bus
  await bus.close()
  const cleanUps: (() => unknown)[] = []
  const context = {
    task: { meta: {} },
    skip: () => {
      throw new Skipped()
    },
    onTestFinished: (cleanUp: () => unknown) => void cleanUps.push(cleanUp),
  } as unknown as StageContext
  const stage = new Stage({ subject, broker, proxy: undefined, capabilities, context })
  const hang = Promise.withResolvers<never>()
  const timer = setTimeout(() => hang.reject(new Error('it hangs')), end)
  try {
    await Promise.race([run(stage), hang.promise])
    return true
  } catch (error) {
    return error instanceof Skipped
  } finally {
    clearTimeout(timer)
    await stage.faults.undo()
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  }
}

function subjectWith(alteration: Alteration): ConformanceSubject {
  const brokers = new Map<string, MemoryBroker>()
  return {
    name: 'broken',
    rounds: 20,
    transport: ({ url }) => altered(memory({ broker: brokers.get(url) ?? new MemoryBroker() }), alteration),
    startBroker: async () => {
      const broker = new MemoryBroker()
      const url = `memory:${brokers.size}`
      brokers.set(url, broker)
      return {
        url,
        kill: async () => broker.stop(),
        start: async () => broker.start(),
        [Symbol.asyncDispose]: async () => undefined,
      }
    },
  }
}

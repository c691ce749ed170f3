import type { Arguments } from './arguments.ts'
import { SETUPS } from './brokers.ts'
import type { BrokerKind } from './contenders/contender.ts'
import type { Entry } from './contenders/index.ts'
import { messageOf } from './message-of.ts'
import type { Plan } from './plan.ts'
import type { Progress } from './progress.ts'
import { type Measure, toMeasures } from './report/measure.ts'
import { PairPool } from './work/pair-pool.ts'
import type { Work } from './work/work.ts'

export interface RunOptions extends Pick<Arguments, 'brokers' | 'works'> {
  readonly contenders: readonly Entry[]
  readonly plan: Plan
  readonly progress: Progress
  readonly signal: AbortSignal
  /** Each table as soon as it can be written. */
  onMeasured(broker: BrokerKind, work: Work, measures: readonly Measure[]): void
}

export interface RunResult {
  readonly measures: readonly Measure[]
  /** Product and version. */
  readonly brokers: Readonly<Record<string, string>>
}

/** Measures, broker by broker. Rejects when the signal fires; nothing runs any more then. */
export async function runBenchmarks(options: RunOptions): Promise<RunResult> {
  const measures: Measure[] = []
  const brokers: Record<string, string> = {}
  for (const broker of options.brokers) {
    options.signal.throwIfAborted()
    options.progress.show(`starting ${SETUPS[broker].product}`)
    const instance = await SETUPS[broker].start()
    const pairs = new PairPool(broker, instance.url)
    const kill = (): void => pairs.kill()
    options.signal.addEventListener('abort', kill)
    try {
      for (const work of options.works) {
        const { url, pid } = instance
        measures.push(...(await runWork(options, work, { broker, url, pid, pairs })))
      }
      const { product, version, complaint } = SETUPS[broker]
      const said = instance
        .log()
        .split('\n')
        .filter((line) => complaint?.test(line))
      if (said.length > 0) options.progress.note(`${product} says ${said.length} times: ${said[0]}`)
      brokers[broker] = `${product} ${version.exec(instance.log())?.[1] ?? 'of unknown version'}`
    } finally {
      options.signal.removeEventListener('abort', kill)
      await pairs.close()
      await instance.stop()
    }
  }
  return { measures, brokers }
}

/** Reports what it has measured. A work that cannot be done at all is told, and the next one goes on. */
async function runWork(
  { contenders, plan, progress, signal, onMeasured }: RunOptions,
  work: Work,
  subject: { broker: BrokerKind; url: string; pid: number | undefined; pairs: PairPool },
): Promise<readonly Measure[]> {
  const { broker } = subject
  const begin = performance.now()
  const label = `${broker} ${work.name}`
  try {
    const results = await work.run({
      ...subject,
      contenders: contenders.filter(({ brokers }) => brokers?.includes(broker) ?? true),
      plan,
      signal,
      progress: (text) => progress.show(`${label}: ${text}`),
      note: (text) => progress.note(`${label}: ${text}`),
    })
    const measures = toMeasures(broker, work, results)
    progress.note(`${label}: measured in ${((performance.now() - begin) / 1_000).toFixed(1)} s`)
    onMeasured(broker, work, measures)
    return measures
  } catch (error) {
    signal.throwIfAborted()
    progress.note(`${label}: not measured: ${messageOf(error)}`)
    return []
  }
}

import { parseArguments } from './arguments.ts'
import { SETUPS } from './brokers.ts'
import { CONTENDERS } from './contenders/index.ts'
import { makePlan } from './plan.ts'
import { toMeasures } from './report/measure.ts'
import { table } from './report/table.ts'
import { PairPool } from './work/pair-pool.ts'

const { brokers, works, contenders, ...options } = parseArguments(process.argv.slice(2))
const plan = makePlan(options)
const signal = new AbortController().signal
for (const broker of brokers) {
  const instance = await SETUPS[broker].start()
  const pairs = new PairPool(broker, instance.url)
  for (const work of works) {
    const results = await work.run({
      broker,
      url: instance.url,
      pid: instance.pid,
      contenders: CONTENDERS.filter(({ name }) => contenders.length === 0 || contenders.includes(name)),
      plan,
      pairs,
      signal,
      progress: (text) => console.error(`${broker} ${work.name}: ${text}`),
    })
    console.log(`\n### ${broker}: ${work.title}\n\n${table(work.measures, toMeasures(broker, work, results))}`)
  }
  await pairs.close()
  await instance.stop()
}

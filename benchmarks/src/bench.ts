import { writeFile } from 'node:fs/promises'
import { parseArguments } from './arguments.ts'
import { CONTENDERS } from './contenders/index.ts'
import { makePlan } from './plan.ts'
import { Progress } from './progress.ts'
import type { Header } from './report/header.ts'
import { heading, section, settings, targets } from './report/markdown.ts'
import { runBenchmarks } from './run.ts'
import { judge } from './targets.ts'
import { environment } from './versions.ts'

/** The whole command. Rejects with a `CommanderError` for `--help` and wrong arguments. */
export async function bench(args: readonly string[], signal: AbortSignal): Promise<void> {
  // The server has no contenders and no brokers to choose from: a command of its own.
  if (args[0] === 'webhooks') return (await import('./webhooks/webhooks.ts')).benchWebhooks(args.slice(1), signal)
  const { brokers, works, contenders: names, json, markdown, ...options } = parseArguments(args)
  const plan = makePlan(options)
  const contenders = CONTENDERS.filter(({ name }) => names.length === 0 || names.includes(name))
  const progress = new Progress()
  const begin = performance.now()
  const date = new Date().toISOString()
  const about = await environment(contenders)
  const command = ['pnpm bench', ...args].join(' ')
  const report: string[] = []
  const write = (text: string): void => {
    if (text === '') return
    report.push(text)
    progress.clear()
    console.log(text)
  }

  const first = { type: 'header', command, date, plan, ...about } as const
  write(heading(first))
  const { measures, brokers: products } = await runBenchmarks({
    brokers,
    works,
    contenders,
    plan,
    progress,
    signal,
    onMeasured: (broker, work, measured) => write(section(broker, work, measured)),
  })
  write(targets(judge(measures)))
  write(settings(brokers, await Promise.all(contenders.map((entry) => entry.load()))))

  const duration = Math.round((performance.now() - begin) / 1_000)
  const header: Header = { ...first, duration, brokers: products }
  write(`Measured in ${duration} s, on ${Object.values(products).join(', ')}.`)
  if (json !== undefined) await writeFile(json, `${JSON.stringify([header, ...measures], null, 2)}\n`)
  if (markdown !== undefined) await writeFile(markdown, `${report.join('\n')}\n`)
}

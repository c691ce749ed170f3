import { SETUPS } from '../brokers.ts'
import type { BrokerKind, Contender } from '../contenders/contender.ts'
import type { Verdict } from '../targets.ts'
import type { Work } from '../work/work.ts'
import type { Header } from './header.ts'
import type { Measure } from './measure.ts'
import { formatNumber, table } from './table.ts'

/** One table, with its heading. */
export function section(broker: BrokerKind, work: Work, measures: readonly Measure[]): string {
  return `### ${SETUPS[broker].product}: ${work.title}\n\n${table(work.measures, measures)}\n`
}

export function heading(header: Omit<Header, 'duration' | 'brokers'>): string {
  const { command, date, node, system, processor, memoryGiB, commit, libraries, plan } = header
  const versions = Object.entries(libraries).map(([name, version]) => `${name} ${version}`)
  return [
    '## Benchmarks\n',
    `- \`${command}\`, ${date}`,
    `- Node ${node}, ${system}, ${processor}, ${memoryGiB} GiB`,
    `- Botbus ${commit}; ${versions.join(', ')}`,
    `- rounds: ${plan.rounds} of ${plan.seconds} s for each contender, in turn, after ${plan.warmUp} s of warm-up; client and server are processes of their own`,
    '- figures are medians over the rounds, with minimum and maximum; × is the median of the ratios to `floor` of each round; CPU is user and system time of client and server together; memory is the highest resident size',
    '- lost: no reply 2 s after the last request or the last reply, at most 4 s after the end of a round; or a wrong one',
    '',
  ].join('\n')
}

export function settings(
  brokers: readonly BrokerKind[],
  contenders: readonly Pick<Contender, 'name' | 'settings'>[],
): string {
  const lines = brokers.flatMap((broker) => {
    const { product, settings: own } = SETUPS[broker]
    const theirs = contenders.map(
      ({ name, settings: texts }) => `  - ${name}: ${texts[broker] ?? 'does not run on it'}`,
    )
    return [`- ${product}: ${own}`, ...theirs]
  })
  return ['## Settings\n', ...lines, ''].join('\n')
}

/** Empty when no target could be judged. */
export function targets(verdicts: readonly Verdict[]): string {
  const judged = verdicts.filter(({ met }) => met !== null)
  if (judged.length === 0) return ''
  const rows = judged.map(({ target, broker, measured, met }) => {
    const figure = measured === null ? '' : formatNumber(measured, Math.abs(measured) < 100 ? 2 : 0)
    return `| ${target} | ${SETUPS[broker].product} | ${figure} | ${met ? 'met' : '**missed**'} |`
  })
  return ['## Targets\n', '| target | broker | measured | |', '| --- | --- | ---: | --- |', ...rows, ''].join('\n')
}

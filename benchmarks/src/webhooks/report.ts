import { formatNumber } from '../report/table.ts'
import type { Environment } from '../versions.ts'
import type { DiskTimes } from './disk.ts'
import type { Figures } from './figures.ts'
import type { WebhookOptions } from './options.ts'

/** The first object of the JSON file. */
export interface WebhookHeader extends Environment {
  readonly type: 'header'
  readonly command: string
  readonly date: string
  readonly options: WebhookOptions
  /** Just before. */
  readonly disk: DiskTimes
}

export interface WebhookVerdict {
  readonly target: string
  readonly measured: number
  readonly met: boolean
}

/** What is to be reached. */
export function judgeWebhooks(figures: readonly Figures[]): readonly WebhookVerdict[] {
  const steady = figures.find(({ load }) => load === 'steady')
  const burst = figures.find(({ load }) => load === 'burst')
  const verdict = (
    target: string,
    measured: number | undefined,
    isMet: (value: number) => boolean,
  ): WebhookVerdict[] => (measured === undefined ? [] : [{ target, measured, met: isMet(measured) }])
  return [
    ...verdict('steady load: p99 of the acknowledgement below 50 ms', steady?.p99, (value) => value < 50),
    ...verdict('steady load: alerts not acknowledged: 0', steady && steady.sent - steady.acknowledged, isNone),
    ...verdict('burst: alerts not acknowledged: 0', burst && burst.sent - burst.acknowledged, isNone),
    // TradingView has cancelled what takes longer, and does not send it again.
    ...verdict('burst: longest acknowledgement below 3,000 ms', burst?.max, (value) => value < 3_000),
    ...verdict('burst: acknowledged alerts lost: 0', burst?.lost, isNone),
    ...verdict('burst: delivered more than once: 0', burst?.duplicates, isNone),
  ]
}

const isNone = (value: number): boolean => value === 0

export function webhookHeading({
  command,
  date,
  node,
  system,
  processor,
  memoryGiB,
  commit,
  options,
  disk,
}: WebhookHeader): string {
  return [
    '## Webhooks\n',
    `- \`${command}\`, ${date}`,
    `- Node ${node}, ${system}, ${processor}, ${memoryGiB} GiB; Botbus ${commit}`,
    `- a page takes ${formatNumber(disk.p50, 1)} ms to the disk (p50), ${formatNumber(disk.p99, 1)} ms (p99)`,
    '- the real server with the TradingView plugin, SQLite on disk, its embedded broker; a connection for each alert; one route, one bot, which takes a market order for each alert; sender and bot are one other process',
    `- steady: ${options.rate} alerts per second for ${options.seconds} s, each at its own time; times count from the moment at which it was due`,
    `- burst: ${formatNumber(options.burst, 0)} different alerts, ${options.concurrency} at once; 503 is sent again after 5 s, three times`,
    '',
  ].join('\n')
}

export function webhookTable(figures: readonly Figures[]): string {
  const head = [
    'load',
    'sent',
    'acknowledged',
    'p50 ms',
    'p99 ms',
    'max ms',
    'sender late p99 ms',
    'per second',
    'delivered',
    'lost',
    'duplicates',
    'backlog s',
  ]
  const rows = figures.map((row) => [
    row.load,
    ...[row.sent, row.acknowledged].map((value) => formatNumber(value, 0)),
    ...[row.p50, row.p99, row.max].map((value) => formatNumber(value, 1)),
    row.late === undefined ? '' : formatNumber(row.late, 1),
    ...[row.rate, row.delivered, row.lost, row.duplicates].map((value) => formatNumber(value, 0)),
    formatNumber(row.backlog, 1),
  ])
  const others = figures.flatMap(({ load, statuses }) =>
    Object.entries(statuses)
      .filter(([status]) => status !== '202')
      .map(([status, count]) => `- ${load}: ${count} × ${status}`),
  )
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  const lines = [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [...lines, '', ...(others.length === 0 ? [] : [...others, ''])].join('\n')
}

export function webhookTargets(verdicts: readonly WebhookVerdict[]): string {
  const rows = verdicts.map(
    ({ target, measured, met }) =>
      `| ${target} | ${formatNumber(measured, Number.isInteger(measured) ? 0 : 1)} | ${met ? 'met' : '**missed**'} |`,
  )
  return ['| target | measured | |', '| --- | ---: | --- |', ...rows, ''].join('\n')
}

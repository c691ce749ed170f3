import type { Capabilities } from '@botbus/core'
import type { ConformanceMeta } from '../stage/meta.ts'
import { BRIDGE, ITEMS } from './items.ts'

/** One test of the suite, as it ended. */
export interface Result extends Omit<ConformanceMeta, 'capabilities'> {
  readonly state: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped. */
  readonly reason?: string | undefined
  readonly capabilities?: Capabilities | undefined
}

/** One block of text without an empty line: capabilities, items, and what was skipped and why. Empty without results. */
export function conformanceTable(results: readonly Result[]): string {
  if (results.length === 0) return ''
  const subjects = [...new Set(results.map(({ subject }) => subject))].sort()
  const rows = [
    ['conformance', ...subjects],
    ...capabilityRows(results, subjects),
    ...ITEMS.map((title, index) => itemRow(results, subjects, index + 1, title)),
    itemRow(results, subjects, BRIDGE, 'bots, end to end'),
  ]
  return [...aligned(rows), ...skipped(results), ...noted(results)].join('\n')
}

function capabilityRows(results: readonly Result[], subjects: readonly string[]): string[][] {
  const columns = subjects.map(
    (subject) => results.find((result) => result.subject === subject && result.capabilities)?.capabilities,
  )
  const names = Object.keys(columns.find((column) => column !== undefined) ?? {}) as (keyof Capabilities)[]
  return names.map((name) => [name, ...columns.map((column) => (column ? valueText(column[name]) : '?'))])
}

function valueText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  return value >= Number.MAX_SAFE_INTEGER ? 'no limit' : value.toLocaleString('en')
}

function itemRow(
  results: readonly Result[],
  subjects: readonly string[],
  item: Result['item'],
  title: string,
): string[] {
  const label = item === BRIDGE ? title : `${itemText(item)} ${title}`
  const ofItem = results.filter((result) => result.item === item)
  return [label, ...subjects.map((subject) => cell(ofItem.filter((result) => result.subject === subject)))]
}

function cell(results: readonly Result[]): string {
  const count = (state: Result['state']): number => results.filter((result) => result.state === state).length
  const skips = count('skipped')
  if (count('failed') > 0) return '✗'
  if (skips === 0) return results.length === 0 ? '-' : '✓'
  return count('passed') > 0 ? `✓ skip ${skips}` : `skip ${skips}`
}

/** A line for each transport and reason. */
function skipped(results: readonly Result[]): string[] {
  const items = new Map<string, string[]>()
  for (const { state, reason = 'no reason given', subject, item } of results) {
    if (state !== 'skipped') continue
    const line = `skipped  ${subject}: ${reason}`
    items.set(line, [...(items.get(line) ?? []), itemText(item)])
  }
  return [...items].map(([line, ofLine]) => `${line} (${[...new Set(ofLine)].join(', ')})`).sort()
}

function noted(results: readonly Result[]): string[] {
  return results
    .flatMap(({ subject, item, notes }) => notes.map((note) => `note     ${subject}: ${note} (${itemText(item)})`))
    .sort()
}

function itemText(item: Result['item']): string {
  return String(item).padStart(2, '0')
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

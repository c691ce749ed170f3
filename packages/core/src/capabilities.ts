import { BotbusError } from './errors.ts'
import type { SubscriptionOptions } from './subscription.ts'
import { assertGroup, assertPattern, isPattern } from './topics.ts'
import type { Capabilities, Transport } from './transport.ts'

/** Throws `INVALID_ARGUMENT` for what no broker would take, `UNSUPPORTED` for what this one cannot do. */
export function assertServable(transport: Transport, address: string, group: string | undefined): void {
  assertPatternFits(transport, address)
  assertGroupFits(transport, group, ['all', 'servers'])
}

/** As `assertServable`, for subscriptions. */
export function assertSubscribable(
  transport: Transport,
  pattern: string,
  { group, atLeastOnce = false }: SubscriptionOptions,
): void {
  assertPatternFits(transport, pattern)
  assertGroupFits(transport, group, ['all'])
  if (atLeastOnce === false) return
  if (!transport.capabilities.atLeastOnce) {
    throw new BotbusError('UNSUPPORTED', `${transport.name} delivers at most once here: ${pattern}`)
  }
  if (group === undefined) {
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `atLeastOnce needs a group, for which the broker keeps messages: ${pattern}`,
    )
  }
}

function assertPatternFits({ name, capabilities }: Transport, pattern: string): void {
  assertPattern(pattern)
  if (isPattern(pattern) && !capabilities.wildcards) {
    throw new BotbusError('UNSUPPORTED', `${name} has no wildcard subscriptions: ${pattern}`)
  }
}

function assertGroupFits(
  { name, capabilities }: Transport,
  group: string | undefined,
  accepted: readonly Capabilities['groups'][],
): void {
  if (group === undefined) return
  assertGroup(group)
  if (!accepted.includes(capabilities.groups))
    throw new BotbusError('UNSUPPORTED', `${name} has no groups here: ${group}`)
}

/** Throws `UNSUPPORTED` where the broker keeps no messages. */
export function assertRetains({ name, capabilities }: Transport): void {
  if (!capabilities.retained) throw new BotbusError('UNSUPPORTED', `${name} keeps no retained messages here`)
}

/**
 * The guarantees table of a transport's README, as Markdown, with a column for each variant: `{ value: capabilities }`, or
 * `{ 'MQTT 5': ..., 'MQTT 3.1.1': ... }`. Each README holds it between `<!-- capabilities -->` and `<!-- /capabilities -->`,
 * and a test compares the two, so that the page cannot drift from the code.
 */
export function capabilitiesTable(variants: Readonly<Record<string, Capabilities>>): string {
  const columns = Object.values(variants)
  const names = Object.keys(columns[0] ?? {}) as (keyof Capabilities)[]
  const rows = [
    ['capability', ...Object.keys(variants)],
    ...names.map((name) => [`\`${name}\``, ...columns.map((capabilities) => text(capabilities[name]))]),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`)
  return lines.join('\n')
}

function text(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return `\`${value}\``
  return value >= Number.MAX_SAFE_INTEGER ? 'no limit' : value.toLocaleString('en')
}

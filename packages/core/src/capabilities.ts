import { BotbusError } from './errors.ts'
import { assertGroup, assertPattern, isPattern } from './topics.ts'
import type { Capabilities, Transport } from './transport.ts'

/** Throws `INVALID_ARGUMENT` for what no broker would take, `UNSUPPORTED` for what this one cannot do. */
export function assertListenable(transport: Transport, pattern: string, group: string | undefined): void {
  const { name, capabilities } = transport
  assertPattern(pattern)
  if (isPattern(pattern) && !capabilities.wildcards) {
    throw new BotbusError('UNSUPPORTED', `${name} has no wildcard subscriptions: ${pattern}`)
  }
  if (group === undefined) return
  assertGroup(group)
  if (!capabilities.groups) throw new BotbusError('UNSUPPORTED', `${name} has no groups here: ${group}`)
}

/** Throws `UNSUPPORTED` where the broker keeps no messages. */
export function assertRetains({ name, capabilities }: Transport): void {
  if (!capabilities.retained) throw new BotbusError('UNSUPPORTED', `${name} keeps no retained messages here`)
}

type Row = [name: string, value: string]

/**
 * The guarantees table of a transport's README, as Markdown. Each README holds it between `<!-- capabilities -->` and
 * `<!-- /capabilities -->`, and a test compares the two, so that the page cannot drift from the code.
 */
export function capabilitiesTable(capabilities: Capabilities): string {
  const facts = Object.entries(capabilities).map(([name, value]): Row => [`\`${name}\``, text(value)])
  const rows: Row[] = [['capability', 'value'], ...facts]
  const nameWidth = Math.max(...rows.map(([name]) => name.length))
  const valueWidth = Math.max(...rows.map(([, value]) => value.length))
  const lines = rows.map(([name, value]) => `| ${name.padEnd(nameWidth)} | ${value.padEnd(valueWidth)} |`)
  lines.splice(1, 0, `| ${'-'.repeat(nameWidth)} | ${'-'.repeat(valueWidth)} |`)
  return lines.join('\n')
}

function text(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return `\`${value}\``
  return value >= Number.MAX_SAFE_INTEGER ? 'no limit' : value.toLocaleString('en')
}

import type { Capabilities } from './transport.ts'

const NO_LIMIT = Number.MAX_SAFE_INTEGER

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
  return value >= NO_LIMIT ? 'no limit' : value.toLocaleString('en')
}

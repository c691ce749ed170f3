import type { Capabilities } from './transport.ts'

const NO_LIMIT = Number.MAX_SAFE_INTEGER

/**
 * The guarantees table of a transport's README, as Markdown. Each README holds it between `<!-- capabilities -->` and
 * `<!-- /capabilities -->`, and a test compares the two, so that the page cannot drift from the code.
 */
export function capabilitiesTable(capabilities: Capabilities): string {
  const rows = Object.entries(capabilities).map(([name, value]) => `| \`${name}\` | ${text(value)} |`)
  return ['| capability | value |', '|---|---|', ...rows].join('\n')
}

function text(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return `\`${value}\``
  return value >= NO_LIMIT ? 'no limit' : value.toLocaleString('en')
}

export type Alignment = 'left' | 'right'

/** Columns as wide as their widest cell, two spaces apart, each line indented by four. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string {
  const lines = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  const format = (line: readonly string[]): string => {
    const cells = widths.map((width, column) => {
      const cell = line[column] ?? ''
      return alignments[column] === 'left' ? cell.padEnd(width) : cell.padStart(width)
    })
    return `    ${cells.join('  ')}`.trimEnd()
  }
  return lines.map(format).join('\n')
}

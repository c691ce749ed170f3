import type { MeasureKind } from '../work/work.ts'
import type { Measure } from './measure.ts'

/** One Markdown table: contenders as rows. `measures` are those of one work on one broker. */
export function table(kinds: readonly MeasureKind[], measures: readonly Measure[]): string {
  const contenders = [...new Set(measures.map(({ contender }) => contender))]
  const shown = kinds.filter(({ name }) => measures.some(({ measure, median }) => measure === name && median !== null))
  const rows = contenders.map((contender) => {
    const own = measures.filter((measure) => measure.contender === contender)
    const cells = shown.map((kind) =>
      cell(
        kind,
        own.find(({ measure }) => measure === kind.name),
      ),
    )
    const failure = own[0]?.failure
    return [contender, ...cells, ...(failure === undefined ? [] : [`failed: ${failure.replaceAll('|', '\\|')}`])]
  })
  const hasFailures = measures.some(({ failure }) => failure !== undefined)
  const head = ['contender', ...shown.map(({ label }) => label), ...(hasFailures ? [''] : [])]
  return [
    line(head),
    line(head.map((_, column) => (column === 0 ? '---' : '---:'))),
    ...rows.map((row) => line(row, head)),
  ].join('\n')
}

function line(cells: readonly string[], head: readonly string[] = cells): string {
  return `| ${head.map((_, column) => cells[column] ?? '').join(' | ')} |`
}

function cell(kind: MeasureKind, measure: Measure | undefined): string {
  if (!measure || measure.median === null) return ''
  const show = (value: number | null): string => (value === null ? '' : formatNumber(value, kind.digits))
  switch (kind.shows) {
    case 'median':
      return measure.median > (kind.atMost ?? Number.POSITIVE_INFINITY)
        ? `**${show(measure.median)}**`
        : show(measure.median)
    case 'sum':
      return show(measure.sum)
    case 'worst':
      return show(measure.max)
    case 'range':
      return `${show(measure.median)} (${show(measure.min)} to ${show(measure.max)})`
    case 'ratio': {
      const times = measure.ratioToFloor === null ? '' : ` ×${formatNumber(measure.ratioToFloor, 2)}`
      return `${show(measure.median)} (${show(measure.min)} to ${show(measure.max)})${times}`
    }
  }
}

export function formatNumber(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

import type { AlertExplanation, Explanation } from '@botbus/plugin-tradingview'
import { escapeLine, safeJson } from '../output/escape.ts'
import { cellOf, renderTable } from '../output/table.ts'

/** For people: what was read, which rule counts, what would be sent. */
export function explanationText({ alerts, outcome, status, warnings }: Explanation): string {
  const parts = alerts.map((alert, index) =>
    alerts.length > 1 ? `alert ${index + 1}\n${alertText(alert)}` : alertText(alert),
  )
  return [
    ...parts,
    ...warnings.map((warning) => `warning: ${escapeLine(warning)}`),
    `${status}: ${escapeLine(outcome)}`,
  ].join('\n\n')
}

function alertText({ dialect, fields, secret, signal, rules, plan }: AlertExplanation): string {
  const read = renderTable(
    ['FIELD', `READ AS ${dialect}`],
    Object.entries(fields).map(([name, value]) => [name, cellOf(value)]),
  )
  const parts = [read, `secret: ${secret}`]
  if (signal !== undefined) {
    const { fields: _, ...meaning } = signal
    parts.push(
      renderTable(
        ['SIGNAL', ''],
        Object.entries(meaning).map(([name, value]) => [name, cellOf(value)]),
      ),
    )
  }
  if (rules.length > 0) parts.push(renderTable(['RULE', 'VERDICT', 'WHY'], rules.map(ruleRow)))
  if (plan?.kind === 'deliver')
    parts.push(`sends\n${plan.deliveries.map((delivery) => `  ${escapeLine(safeJson(delivery))}`).join('\n')}`)
  return parts.join('\n\n')
}

function ruleRow(rule: AlertExplanation['rules'][number]): string[] {
  if (rule.verdict !== 'does not match') return [rule.rule, rule.verdict, '']
  const { condition, wanted, found } = rule
  return [
    rule.rule,
    rule.verdict,
    `${condition} should be ${wanted}; it is ${found === undefined ? 'missing' : cellOf(found)}`,
  ]
}

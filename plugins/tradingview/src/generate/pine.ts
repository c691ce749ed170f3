import type { Layout } from './styles.ts'
import { type AlertKind, PINE_VALUES } from './values.ts'
import { fill, nest } from './write-message.ts'

interface PineOptions {
  readonly route: string
  readonly kind: AlertKind
  readonly layout: Layout
  /** What the input shows at first. */
  readonly secret: string
  readonly amount: string
}

/**
 * A script of Pine v6 that makes the message itself: TradingView fills in no placeholders inside `alert()` and `alert_message`, so
 * the values are joined by the script.
 */
export function pineScript({ route, kind, layout, secret, amount }: PineOptions): string {
  return [
    '//@version=6',
    ...declarationOf(kind, quoted(`Botbus ${route}`)),
    '',
    '// Whoever sees the inputs or the alert sees the secret: share neither.',
    `secret = input.string(${quoted(secret)}, "Secret of the route")`,
    `amount = input.float(${amount}, "Amount", minval = 0)`,
    '',
    'message(string action, float size) =>',
    `    ${messageExpression(layout)}`,
    '',
    'fast = ta.ema(close, 12)',
    'slow = ta.ema(close, 26)',
    'goesUp = ta.crossover(fast, slow)',
    'goesDown = ta.crossunder(fast, slow)',
    '',
    ...(kind === 'strategy' ? ORDERS : ALERTS),
    '',
  ].join('\n')
}

/** The annotation fills in the message of a new alert. An order that fills at the close is as old as its message. */
function declarationOf(kind: AlertKind, title: string): string[] {
  if (kind === 'indicator') return [`indicator(${title}, overlay = true)`]
  return [
    '//@strategy_alert_message {{strategy.order.alert_message}}',
    `strategy(${title}, overlay = true, process_orders_on_close = true)`,
  ]
}

const ORDERS = [
  '// In the alert on this strategy, the message is {{strategy.order.alert_message}} and nothing else.',
  'if goesUp',
  '    strategy.entry("Long", strategy.long, qty = amount, alert_message = message("buy", amount))',
  'if goesDown',
  '    strategy.close("Long", alert_message = message("closelong", amount))',
]

const ALERTS = [
  '// In the alert on this indicator, the condition is "Any alert() function call".',
  'if goesUp',
  '    alert(message("buy", amount), alert.freq_once_per_bar_close)',
  'if goesDown',
  '    alert(message("closelong", amount), alert.freq_once_per_bar_close)',
]

/** An expression of Pine whose value is the message. */
export function messageExpression(layout: Layout): string {
  const expressions: Record<string, string> = {}
  for (const [name, value] of Object.entries(PINE_VALUES)) expressions[name] = `(${value})`
  const literal = layout.fields.map(
    ([name, value]) => [name, typeof value === 'string' ? value : { text: quoted(value.text) }] as const,
  )
  const fields = fill({ ...layout, fields: literal }, expressions)
  if (layout.writing === 'json') return jsonExpression(nest(fields))
  const cells = fields.map(([name, value]) => (name === '' ? value : `${quoted(`${name}=`)} + ${value}`))
  return cells.join(layout.writing === 'csv' ? ' + "," + ' : ' + "\\n" + ')
}

function jsonExpression(fields: ReturnType<typeof nest>): string {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (typeof value !== 'string') return `'"${name}":' + ${jsonExpression(value)}`
    return `'"${name}":"' + ${value} + '"'`
  })
  return `'{' + ${entries.join(` + ',' + `)} + '}'`
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, (character) => `\\${character}`)}"`
}

import { BotbusError } from '@botbus/core'
import type { RouteConfig } from '../config/config.ts'
import { decimalText } from '../rules/convert.ts'
import { notesOf } from './notes.ts'
import { pineScript } from './pine.ts'
import { type Field, LAYOUTS, type Layout, STYLES, type Style } from './styles.ts'
import { type AlertKind, indicatorValues, strategyValues } from './values.ts'
import { fill, writeMessage } from './write-message.ts'

/** Stands where the secret belongs. */
const SECRET_PLACEHOLDER = '<your secret>'

export interface GenerateOptions {
  /** What the alert is set on. Default: `strategy`. */
  readonly kind?: AlertKind
  /** Where the server is reached: `https://bots.example.org`. */
  readonly base: string
  /** Default: what the route takes; JSON where it takes anything. */
  readonly style?: Style
  /** Written into message and script. Default: `<your secret>`, to be replaced by hand. */
  readonly secret?: string
  /** What an alert on an indicator is to do. Default: `buy`. */
  readonly action?: string
  /** How much, for indicators and scripts. Default: `0.01`. */
  readonly amount?: string
}

/** All that is to be entered at TradingView. */
export interface Generated {
  /** For "Webhook URL". */
  readonly url: string
  /** For "Message". */
  readonly message: string
  /** A script of Pine v6 that sends the same by itself. */
  readonly pine: string
  readonly notes: readonly string[]
}

/**
 * Makes what a route expects. Throws `INVALID_ARGUMENT` for a style that the route does not take, and for routes whose messages nobody can
 * make up: those with columns or a regular expression of their own, drop-ins, and WunderTrading's codes.
 */
export function generate(name: string, route: RouteConfig, options: GenerateOptions): Generated {
  const { kind = 'strategy', secret = SECRET_PLACEHOLDER, action = 'buy', amount = '0.01' } = options
  if (!(Number(decimalText(amount)) > 0))
    throw refused(`amount must be a decimal greater than 0, found ${JSON.stringify(amount)}`)
  if (!/^[\w-]{1,40}$/.test(action)) throw refused(`action must be a word, found ${JSON.stringify(action)}`)
  const url = urlOf(options.base, name)
  const layout = withSecretField(LAYOUTS[styleOf(route, options.style)], route.secretField)
  const values = kind === 'strategy' ? strategyValues(secret) : indicatorValues(secret, action, amount)
  return {
    url: url.href,
    message: writeMessage(layout.writing, fill(layout, values)),
    pine: pineScript({ route: name, kind, layout, secret, amount }),
    notes: notesOf(kind, layout, route, url),
  }
}

/** The styles that the route reads. */
export function stylesOf({ dropIn, format, dialect }: RouteConfig): readonly Style[] {
  if (dropIn !== undefined) return []
  return STYLES.filter((style) => {
    const layout = LAYOUTS[style]
    return (format === 'auto' || format === layout.format) && (dialect === 'auto' || dialect === layout.writing)
  })
}

function styleOf(route: RouteConfig, wanted: Style | undefined): Style {
  const styles = stylesOf(route)
  const style = wanted ?? styles[0]
  if (style !== undefined && styles.includes(style)) return style
  if (styles.length === 0)
    throw refused('messages for this route cannot be made up: write them as its drop-in, columns or format demand')
  throw refused(`the route does not read ${wanted}; accepted: ${styles.join(', ')}`)
}

/** The route's own name for the secret, in the place of the usual one. */
function withSecretField(layout: Layout, secretField: string | undefined): Layout {
  if (secretField === undefined) return layout
  const fields = layout.fields.flatMap(([name, value]): Field[] => {
    if (value !== 'secret') return [[name, value]]
    // Where the secret has a place and no name, something else must stay there.
    return name === '' ? [['', { text: 'botbus' }]] : []
  })
  return { ...layout, fields: [...fields, [secretField, 'secret']] }
}

function urlOf(base: string, name: string): URL {
  const url = URL.canParse(base) ? new URL(base) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw refused('base must be a URL such as https://bots.example.org')
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/webhooks/tradingview/${encodeURIComponent(name)}`
  return url
}

function refused(message: string): BotbusError {
  return new BotbusError('INVALID_ARGUMENT', message)
}

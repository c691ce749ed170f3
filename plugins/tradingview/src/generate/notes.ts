import type { RouteConfig } from '../config/config.ts'
import type { Layout } from './styles.ts'
import type { AlertKind } from './values.ts'

const ALWAYS = [
  'TradingView sends to ports 80 and 443 only, by IPv4 only, and gives up after 3 s; an answer of 5xx is tried again after 5, 10 and 15 s.',
  'An alert that triggers more than 15 times in 3 minutes is stopped by TradingView, which tells the receiver nothing: set "silence" to notice it.',
]

/** What to know about the message, beside the message. */
export function notesOf(kind: AlertKind, layout: Layout, route: RouteConfig, url: URL): string[] {
  const notes = [...ALWAYS]
  if (kind === 'strategy') {
    notes.push('The message belongs into an alert on a strategy; the amount is the number of contracts of the order.')
    notes.push(
      'A script that sets alert_message makes its own message: the message of the alert is then {{strategy.order.alert_message}}.',
    )
  } else {
    notes.push('One alert for each action: an indicator does not say what to do, the message does.')
    notes.push('Inside alert() of a script placeholders are not filled in: the script makes the message by itself.')
  }
  if (layout.writing === 'json') {
    notes.push('A " in a value (a comment, the id of an order) breaks JSON, and the alert is refused as UNREADABLE.')
  }
  notes.push(...reachNotes(url))
  if (url.protocol === 'http:') notes.push('The secret travels unencrypted: put TLS in front, and use https.')
  if (!route.enabled) notes.push('The route is disabled: alerts are answered, and nothing is done.')
  if (route.dryRun) notes.push('The route is on dry run: alerts are planned, and nothing is sent.')
  if (route.certificate)
    notes.push('The route demands the client certificate of TradingView, which is shown over HTTPS only.')
  return notes
}

/** Why TradingView would not get there. */
function reachNotes({ hostname, port }: URL): string[] {
  const notes: string[] = []
  // The default ports are left out by URL.
  if (port !== '' && port !== '80' && port !== '443') {
    notes.push(`TradingView does not send to port ${port}: put a proxy in front, and enter its address.`)
  }
  if (hostname.startsWith('[')) notes.push('TradingView does not send by IPv6: enter a name that has an IPv4 address.')
  if (hostname === 'localhost' || /^(127|10|192\.168)\./.test(hostname)) {
    notes.push(`TradingView does not reach ${hostname}: enter an address that the internet knows.`)
  }
  return notes
}

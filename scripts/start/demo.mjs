// The demo route: TradingView alerts for the bot alpha, where the configuration names no plugin.
import { randomBytes } from 'node:crypto'

/** Undefined where the configuration names plugins of its own. */
export function demoOf({ plugins, http }) {
  if (plugins.length > 0) return undefined
  const secret = process.env.BOTBUS_DEMO_SECRET || randomBytes(18).toString('base64url')
  return { secret, url: `${httpUrl(http)}/webhooks/tradingview/demo` }
}

export function httpUrl({ host, port, tls }) {
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

import type { IncomingHttpHeaders } from 'node:http'

export interface SiteCheck {
  /** `https:` only, `http:` only, or both where a proxy stands between. */
  readonly schemes: readonly string[]
  /** Without any sign of where it comes from, a request is refused. */
  readonly strict: boolean
}

/**
 * Whether a request comes from a page of this server, or from a program that is no browser. Browsers say so in
 * `Sec-Fetch-Site` (where the address is trustworthy: HTTPS or this machine) and, for anything but GET, in `Origin`.
 */
export function isFromOwnSite(method: string | undefined, headers: IncomingHttpHeaders, check: SiteCheck): boolean {
  const safe = method === 'GET' || method === 'HEAD'
  const site = headers['sec-fetch-site']
  const { origin } = headers
  if (site !== undefined && site !== 'same-origin' && !(safe && site === 'none')) return false
  if (origin !== undefined) return check.schemes.some((scheme) => origin === `${scheme}//${headers.host}`)
  return safe || site !== undefined || !check.strict
}

import { isIP, isIPv6 } from 'node:net'
import { BotbusError } from '@botbus/core'
import { isLoopback } from './addresses.ts'
import type { HttpExposure } from './safety.ts'

/**
 * Throws `INVALID_ARGUMENT`, saying what to do, where another machine would reach the server without a login or read what it
 * sends. `authentication`: there is a user, or a set-up token was issued.
 */
export function assertMayListen(http: HttpExposure, authentication: boolean): void {
  if (isLoopback(http.host)) return
  const where = `the server does not listen on ${http.host}, which other machines reach,`
  if (http.tls === undefined && http.behindProxy.length === 0) {
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `${where} without TLS: set http.tls.cert and http.tls.key, or http.behindProxy to the addresses of the proxy that ` +
        'speaks TLS for it, or listen on 127.0.0.1 and use an SSH tunnel',
    )
  }
  if (!authentication) {
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `${where} without a login: start it on 127.0.0.1 once and make the first user with the set-up token that it prints`,
    )
  }
}

/** Throws `INVALID_ARGUMENT` for what is neither an address nor a CIDR, and for one that is everybody. */
export function assertProxies(behindProxy: readonly string[]): void {
  for (const entry of behindProxy) {
    const [address = '', bits, ...more] = entry.split('/')
    const isRange = bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (isIPv6(address) ? 128 : 32))
    if (isIP(address) !== 0 && isRange && more.length === 0) continue
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `http.behindProxy: found ${JSON.stringify(entry)}; accepted: addresses of proxies, such as 127.0.0.1 or 10.1.2.0/24; ` +
        'whoever is named there can pretend to be anybody',
    )
  }
}

import { createSecureContext, type SecureContext } from 'node:tls'
import { messageOf } from '../errors.ts'
import type { OptionChecks } from './option-checks.ts'

/** Certificates as PEM text, never as file names. */
export interface TlsOptions {
  /** The authorities to trust. Default: those that Node trusts. */
  ca?: string
  /** The client's certificate; needs `key`. */
  cert?: string
  key?: string
  /** The name that the broker's certificate must carry. Default: the host of `url`. */
  servername?: string
  /** Takes any certificate, from anybody: the link is encrypted but not authenticated. Connecting warns. */
  insecureSkipVerify?: boolean
}

/** Throws `INVALID_ARGUMENT`. `plainScheme` and `secureScheme` are for the message, such as `mqtt://` and `mqtts://`. */
export function checkTls(
  checks: OptionChecks,
  tls: TlsOptions,
  link: { secure: boolean; plainScheme: string; secureScheme: string },
): TlsOptions {
  const isSet = Object.values(tls).some((value) => value !== undefined && value !== false)
  if (isSet && !link.secure) {
    throw checks.invalid(
      'tls',
      `is set, but the url is ${link.plainScheme}, which does not encrypt; write ${link.secureScheme}`,
    )
  }
  for (const name of ['ca', 'cert', 'key'] as const) {
    const text = tls[name]
    if (text !== undefined && !text.includes('-----BEGIN ')) {
      throw checks.invalid(`tls.${name}`, 'must be PEM text (-----BEGIN ...), not a file name')
    }
  }
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw checks.invalid(tls.cert === undefined ? 'tls.cert' : 'tls.key', 'is missing: a client certificate needs both')
  }
  return tls
}

/** Throws `INVALID_ARGUMENT` for a certificate or key that cannot be read. */
export function secureContext(checks: OptionChecks, { ca, cert, key }: TlsOptions): SecureContext {
  try {
    return createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    })
  } catch (cause) {
    throw checks.invalid('tls', `holds a certificate or key that cannot be read: ${messageOf(cause)}`, cause)
  }
}

/** To be called when connecting. */
export function warnIfInsecure(label: string, tls: TlsOptions): void {
  if (!tls.insecureSkipVerify) return
  process.emitWarning(`${label}: insecureSkipVerify is on: anybody can pose as the broker`, 'BotbusWarning')
}

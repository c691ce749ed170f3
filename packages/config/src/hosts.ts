import { BotbusError } from '@botbus/core'
import { type BrokerUrl, OptionChecks, parseBrokerUrl, type Schemes } from '@botbus/core/transport-kit'

/** Says "the URL ..." where transports name an option of theirs. */
class UrlChecks extends OptionChecks {
  override invalid(_option: string, reason: string, cause?: unknown): BotbusError {
    return new BotbusError('INVALID_ARGUMENT', `the URL ${reason}`, cause === undefined ? {} : { cause })
  }
}

const checks = new UrlChecks('config')

/** What stands before the hosts ends at the last "@", so that there is one way to cut credentials out. */
const AT_BEHIND_HOSTS = /\/\/[^/?#]*[/?#].*@/s

/** Splits the URL of a broker with one host or several. Throws `INVALID_ARGUMENT`, without ever repeating a password. */
export function parseHosts(url: string, schemes: Schemes): BrokerUrl {
  if (AT_BEHIND_HOSTS.test(url)) {
    throw checks.invalid('url', 'has an "@" behind a "/", "?" or "#"; write them as %40, %2F, %3F and %23')
  }
  return parseBrokerUrl(checks, url, schemes)
}

/** Why the hosts or credentials of `url` cannot be used; undefined when they can. */
export function hostsProblem(url: string, schemes: Schemes): string | undefined {
  try {
    parseHosts(url, schemes)
    return undefined
  } catch (error) {
    if (BotbusError.is(error)) return error.message
    throw error
  }
}

import type { RouteConfig } from '../config/config.ts'
import type { Secrets } from '../config/secrets.ts'
import type { Silence } from '../silence.ts'
import { addressRule } from './addresses.ts'
import { Rate } from './rate.ts'

/** Letters a minute about bodies whose sender is not known: anybody may send those. */
const UNKNOWN_SENDERS = 10

/** A route that takes alerts. */
export class LiveRoute {
  readonly name: string
  readonly config: RouteConfig
  readonly secrets: Secrets
  readonly silence: Silence | undefined
  readonly rate: Rate
  readonly strangers: Rate
  readonly #isListed: (address: string) => boolean
  readonly #isDefault: boolean

  constructor(name: string, config: RouteConfig, secrets: Secrets, silence: Silence | undefined) {
    const now = Date.now()
    this.name = name
    this.config = config
    this.secrets = secrets
    this.silence = silence
    this.rate = new Rate(config.rateLimit, now)
    this.strangers = new Rate(UNKNOWN_SENDERS, now)
    this.#isDefault = config.addresses === undefined
    this.#isListed = addressRule(config.addresses ?? 'tradingview')
  }

  /** `isLocal`: it came to this machine's own address, without a proxy. Where the route says nothing, that is enough. */
  acceptsAddress(address: string, isLocal: boolean): boolean {
    return (this.#isDefault && isLocal) || this.#isListed(address)
  }

  /** A route without secrets demands a certificate. */
  acceptsSecret(presented: readonly string[]): boolean {
    return this.secrets.count === 0 || this.secrets.matches(presented)
  }
}

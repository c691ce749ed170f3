import { bridgeSettings } from '@botbus/bridge'
import { BotbusError } from '@botbus/core'
import { isEncrypted, withBrokerAddress } from './broker-address.ts'
import { assertBrokerUrl, splitCredentials } from './broker-url.ts'
import { layerSchema } from './schema.ts'
import { schemeOf } from './transports.ts'
import type { BrokerConfig } from './types.ts'
import type { Section } from './validate.ts'

/**
 * Moves user and password out of the URL. Throws `INVALID_ARGUMENT` when they are given a second time, or when both
 * a password and a password file are.
 */
export function separateCredentials<Broker extends Partial<BrokerConfig>>(broker: Broker): Broker {
  const { url, ...credentials } = splitUrl(broker.url)
  for (const key of ['username', 'password'] as const) {
    if (credentials[key] !== undefined && broker[key] !== undefined) {
      throw new BotbusError('INVALID_ARGUMENT', `broker.${key} is given twice: in the URL and beside it; keep one`)
    }
  }
  const separate = { ...broker, ...(url === undefined ? {} : { url }), ...credentials }
  if (separate.password !== undefined && separate.passwordFile !== undefined) {
    throw new BotbusError('INVALID_ARGUMENT', 'broker.password and broker.passwordFile are both given; keep one')
  }
  return separate
}

function splitUrl(url: string | undefined): { url?: string; username?: string; password?: string } {
  return url === undefined ? {} : splitCredentials(url)
}

/** Checks what no single value shows. Throws `INVALID_ARGUMENT`. */
export function checkBroker(broker: BrokerConfig): BrokerConfig {
  assertBrokerUrl(broker.url)
  const { tls } = broker
  const secure = schemeOf(broker.url)?.network?.secure
  if (tls && !isEncrypted(broker.url)) {
    const advice = secure === undefined ? 'leave the tls section out' : `write ${secure}://`
    throw new BotbusError('INVALID_ARGUMENT', `broker.tls is given, but ${broker.url} is not encrypted; ${advice}`)
  }
  if ((tls?.cert === undefined) !== (tls?.key === undefined)) {
    throw new BotbusError(
      'INVALID_ARGUMENT',
      'broker.tls.cert and broker.tls.key belong together; one of them is missing',
    )
  }
  return broker
}

/** The broker of all layers: where none names a URL, the one that the bridge's host names, else the embedded one. */
export function resolveBroker(given: Section, bridge: Section, port: number): BrokerConfig {
  const broker = layerSchema.parse({ broker: given })['broker'] as Partial<BrokerConfig>
  if (broker.url === undefined && bridge['host'] !== undefined) return checkBroker(fromBridge(broker, bridge))
  const { url = 'embedded:' } = broker
  const plain = /^embedded:$/i.test(url) ? `embedded:${port}` : url
  return checkBroker({ ...broker, url: plain })
}

function fromBridge(broker: Partial<BrokerConfig>, bridge: Section): BrokerConfig {
  const { id: _, ...switches } = bridge
  const { host, port, ssl, username, password } = bridgeSettings.parse(switches)
  const ownPassword = broker.password !== undefined || broker.passwordFile !== undefined
  return {
    ...(username ? { username } : {}),
    ...(password && !ownPassword ? { password } : {}),
    ...broker,
    url: withBrokerAddress('mqtt:', { host, port, secure: ssl }),
  }
}

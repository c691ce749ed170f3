import type { BridgeSettings } from '@botbus/bridge'
import { type BotbusConfig, type BrokerConfig, brokerAddress, withBrokerAddress } from '@botbus/config'
import type { ClientSettings } from '../settings/client-settings.ts'

/** The bridge's switches with host, port and credentials of the broker that is really used. */
export function effectiveBridge({ broker, bridge }: Pick<BotbusConfig, 'broker' | 'bridge'>): Partial<BridgeSettings> {
  const { id: _, ...settings } = bridge
  const credentials = {
    ...(broker.username === undefined ? {} : { username: broker.username }),
    ...(broker.password === undefined ? {} : { password: broker.password }),
  }
  const address = brokerAddress(broker.url)
  if (!address) return { ...settings, ...credentials }
  const { host, port, secure: ssl } = address
  return { ...settings, ...credentials, host, port, ssl }
}

/** The broker to connect to: the configured one, or one of its kind where changed settings say. */
export function chooseBroker(configured: BrokerConfig, settings: ClientSettings): BrokerConfig {
  const isChanged = (...names: string[]): boolean =>
    names.some((name) => settings.isChanged(`mqtt_bridge.mqtt_${name}`))
  if (!isChanged('host', 'port', 'ssl', 'username', 'password')) return configured
  const { host, port, ssl, username, password } = settings.bridge
  const { url, username: _, password: __, passwordFile, tls, ...rest } = configured
  const ownPassword = settings.isChanged('mqtt_bridge.mqtt_password')
  return {
    ...rest,
    url: isChanged('host', 'port', 'ssl') ? withBrokerAddress(url, { host, port, secure: ssl }) : url,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(passwordFile && !ownPassword ? { passwordFile } : {}),
    ...(tls && ssl ? { tls } : {}),
  }
}

import type { BridgeSettings } from '@botbus/bridge'
import type { BotbusConfig, BrokerConfig } from '@botbus/config'
import type { ClientSettings } from '../settings/client-settings.ts'

/** The bridge's switches with host, port and credentials of the broker that is really used. */
export function effectiveBridge({ broker, bridge }: BotbusConfig): Partial<BridgeSettings> {
  const { id: _, ...settings } = bridge
  const credentials = {
    ...(broker.username === undefined ? {} : { username: broker.username }),
    ...(broker.password === undefined ? {} : { password: broker.password }),
  }
  const embedded = /^embedded:(\d+)$/i.exec(broker.url)
  if (embedded) return { ...settings, ...credentials, host: '127.0.0.1', port: Number(embedded[1]), ssl: false }
  if (!/^mqtts?:/i.test(broker.url)) return { ...settings, ...credentials }
  const { hostname, port, protocol } = new URL(broker.url)
  const ssl = protocol === 'mqtts:'
  return { ...settings, ...credentials, host: hostname, port: Number(port) || (ssl ? 8883 : 1883), ssl }
}

/** The broker to connect to: the configured one, or the one that changed settings name. */
export function chooseBroker(configured: BrokerConfig, settings: ClientSettings): BrokerConfig {
  const isChanged = ['host', 'port', 'ssl', 'username', 'password'].some((name) =>
    settings.isChanged(`mqtt_bridge.mqtt_${name}`),
  )
  if (!isChanged) return configured
  const { host, port, ssl, username, password } = settings.bridge
  const { url: _, username: __, password: ___, passwordFile, tls, ...rest } = configured
  const ownPassword = settings.isChanged('mqtt_bridge.mqtt_password')
  return {
    ...rest,
    url: `${ssl ? 'mqtts' : 'mqtt'}://${host}:${port}`,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(passwordFile && !ownPassword ? { passwordFile } : {}),
    ...(tls && ssl ? { tls } : {}),
  }
}

import { setImmediate } from 'node:timers/promises'
import { type BrokerOptions, Transporters } from 'moleculer'
import type { PeerOptions } from '../contender.ts'

type Transporter = NonNullable<BrokerOptions['transporter']>

const silent = (): void => undefined

/** As in the documentation: the URL alone chooses the transporter. */
export function defaultTransporter({ url }: PeerOptions): Transporter {
  return url as Transporter
}

export function tunedTransporter({ broker, url }: PeerOptions): Transporter {
  const { hostname: host, port } = new URL(url)
  switch (broker) {
    case 'mqtt': {
      // With a `log`, mqtt.js does not format lines for the `debug` package that nobody reads.
      const options: object = { host, port: Number(port), log: silent }
      return { type: 'MQTT', options }
    }
    case 'amqp': {
      const options = { url, prefetch: 0, socketOptions: { noDelay: true } }
      return { type: 'AMQP', options }
    }
    case 'redis':
      return new PipeliningRedis({ host, port: Number(port), enableAutoPipelining: true })
    // Its client writes without delay already, and the transporter itself says how offsets are committed.
    case 'kafka':
      return defaultTransporter({ broker, url })
  }
}

/** With pipelining, the node's last packet is not on its way yet when Moleculer closes the connection. */
class PipeliningRedis extends Transporters.Redis {
  override async disconnect(): Promise<void> {
    await setImmediate()
    await super.disconnect()
  }
}

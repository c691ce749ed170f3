import type { BrokerInstance, BrokerOptions } from '../process/broker-process.d.mts'

export interface MosquittoOptions extends BrokerOptions {
  /**
   * Lines of mosquitto.conf, put after our `listener` line, so that per-listener settings (`cafile`, `certfile`, `keyfile`,
   * `require_certificate`) apply to it. `allow_anonymous`, `persistence` and `user` given here replace our defaults.
   */
  config?: readonly string[]
}

/** Its `url` is `mqtt://127.0.0.1:PORT`; write `mqtts://localhost:PORT` yourself when `config` turns TLS on. */
export type MosquittoInstance = BrokerInstance

/** Starts a Mosquitto of your own; resolves when it listens. It ends with this process at the latest. */
export function startMosquitto(options?: MosquittoOptions): Promise<MosquittoInstance>

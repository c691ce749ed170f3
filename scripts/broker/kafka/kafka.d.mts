import type { BrokerInstance, BrokerOptions } from '../process/broker-process.d.mts'

/** `config` holds lines of server.properties. */
export interface KafkaOptions extends BrokerOptions {
  /** How `users` prove who they are. Default: `plain`. */
  mechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  /**
   * Opens a second listener, on `proxiedPort`, that sends its clients to this port: put a proxy there that connects to
   * `proxiedPort`, and clients that bootstrap from it stay behind it.
   */
  advertisedPort?: number
  /** Whether a topic comes into being when a client names it. Default: false. */
  autoCreateTopics?: boolean
}

export interface KafkaInstance extends BrokerInstance {
  /** The port behind the proxy that listens on `advertisedPort`. */
  readonly proxiedPort: number | undefined
}

/**
 * Starts a Kafka 4 of your own, a broker and controller in one process; resolves when it serves (`kafka://` or `kafkas://`). What was
 * produced survives `kill` and `restart`. A listener without TLS and users stays open on loopback, for the node itself.
 */
export function startKafka(options?: KafkaOptions): Promise<KafkaInstance>

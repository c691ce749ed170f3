import type { BrokerInstance, BrokerOptions } from '../process/broker-process.d.mts'

export interface RabbitmqOptions extends BrokerOptions {
  /** Lines of rabbitmq.conf (`key = value`); they replace ours with the same key. */
  config?: readonly string[]
  /** Names of plugins. With `rabbitmq_mqtt` the instance has an `mqttUrl`, and starts some 3 to 6 s later. Default: none. */
  plugins?: readonly string[]
  /** Virtual hosts besides `/`; all users may do everything in each. */
  vhosts?: readonly string[]
  /** What the broker proposes, in seconds; 0 turns heartbeats off. Default: RabbitMQ's own, 60. */
  heartbeat?: number
}

export interface RabbitmqInstance extends BrokerInstance {
  /** With the plugin `rabbitmq_mqtt` only. */
  readonly mqttUrl: string | undefined
}

/**
 * Starts a RabbitMQ node of your own (`amqp://` or `amqps://`), with the user guest, password guest, unless `users` says
 * otherwise. Durable queues and their persistent messages are there again after `kill` and `start`.
 */
export function startRabbitmq(options?: RabbitmqOptions): Promise<RabbitmqInstance>

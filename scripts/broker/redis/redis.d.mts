import type { BrokerInstance, BrokerOptions } from '../process/broker-process.d.mts'

/** `config` holds lines of redis.conf. */
export type RedisOptions = BrokerOptions

/** Starts a Redis 7 server of your own (`redis://` or `rediss://`), which keeps nothing over a restart. */
export function startRedis(options?: RedisOptions): Promise<BrokerInstance>

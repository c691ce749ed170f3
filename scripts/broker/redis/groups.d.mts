import type { BrokerInstance } from '../process/broker-process.d.mts'

export interface RedisAddress {
  host: string
  port: number
}

export interface RedisGroup extends AsyncDisposable {
  /** That of one server: the first of the cluster, or the first master. */
  readonly url: string
  /** What a client starts from: the nodes of the cluster, or the sentinels. */
  readonly nodes: readonly RedisAddress[]
  /** Ends all members. */
  stop(): Promise<void>
}

export interface RedisCluster extends RedisGroup {
  /** In the order of `nodes`, each with an equal share of the slots; there are no replicas. */
  readonly members: readonly BrokerInstance[]
}

export interface RedisSentinel extends RedisGroup {
  /** The name under which the sentinel knows the master. */
  readonly name: string
  /** The master at the start. */
  readonly master: BrokerInstance
  readonly replica: BrokerInstance
  readonly sentinel: BrokerInstance
}

/** Resolves when each node says `cluster_state:ok`. `config`: lines for each node. */
export function startRedisCluster(options?: { nodes?: number; config?: readonly string[] }): Promise<RedisCluster>

/**
 * One master, one replica and one sentinel with a quorum of 1, which takes a master for dead after 500 ms. A failover is over
 * when the sentinel names the new master (SENTINEL GET-MASTER-ADDR-BY-NAME), not yet when that one says so: an old master that
 * starts again in between may stay the master. Afterwards the sentinel waits 10 s before it makes the old master a replica.
 */
export function startRedisSentinel(): Promise<RedisSentinel>

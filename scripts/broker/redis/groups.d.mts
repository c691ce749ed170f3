import type { BrokerInstance, BrokerOptions } from '../process/broker-process.d.mts'

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

/** Resolves when each node says `cluster_state:ok`. `config`, `users` and `tls` count for each node; nodes have TLS among them, too, then. */
export function startRedisCluster(
  options?: Pick<BrokerOptions, 'config' | 'users' | 'tls'> & { nodes?: number },
): Promise<RedisCluster>

/**
 * One master, one replica and one sentinel with a quorum of 1, which takes a master for dead after 500 ms. A failover is over
 * when the sentinel names the new master (SENTINEL GET-MASTER-ADDR-BY-NAME), not yet when that one says so: an old master that
 * starts again in between may stay the master. Afterwards the sentinel waits 10 s before it makes the old master a replica.
 * `users`: of the master and the replica, without spaces; the first one is also that of the sentinel there.
 */
export function startRedisSentinel(options?: Pick<BrokerOptions, 'users'>): Promise<RedisSentinel>

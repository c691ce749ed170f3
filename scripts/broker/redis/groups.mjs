// Redis servers that belong together: a cluster, and a master with a replica and a sentinel.
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../process/ports.mjs'
import { redisCommand } from './command.mjs'
import { startRedis, startSentinel } from './redis.mjs'

const slots = 16_384
const timeout = 20_000

export async function startRedisCluster({ nodes = 3, config = [] } = {}) {
  return startGroup(async (group) => {
    const buses = await Promise.all(Array.from({ length: nodes }, freePort))
    const starting = buses.map((bus) => group.add(startRedis({ config: [...clusterLines(bus), ...config] })))
    const members = await Promise.all(starting)
    await Promise.all(
      members.map(async ({ port }, index) => {
        const first = Math.ceil((index * slots) / nodes)
        const last = Math.ceil(((index + 1) * slots) / nodes) - 1
        await redisCommand(port, 'CLUSTER', 'ADDSLOTSRANGE', first, last)
        await redisCommand(port, 'CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
      }),
    )
    for (const [index, { port }] of members.entries()) {
      if (index > 0) await redisCommand(members[0].port, 'CLUSTER', 'MEET', '127.0.0.1', port, buses[index])
    }
    const isWhole = async ({ port }) => {
      const info = await redisCommand(port, 'CLUSTER', 'INFO')
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes}\r`)
    }
    await until('the cluster is whole', async () => (await Promise.all(members.map(isWhole))).every(Boolean))
    return { url: members[0].url, nodes: addresses(members), members }
  })
}

function clusterLines(bus) {
  return [
    'cluster-enabled yes',
    'cluster-config-file nodes.conf',
    `cluster-port ${bus}`,
    'cluster-announce-ip 127.0.0.1',
    'cluster-node-timeout 2000',
  ]
}

export async function startRedisSentinel() {
  const name = 'botbus'
  return startGroup(async (group) => {
    const master = await group.add(startRedis())
    const config = [
      `sentinel monitor ${name} 127.0.0.1 ${master.port} 1`,
      `sentinel down-after-milliseconds ${name} 500`,
      `sentinel failover-timeout ${name} 2000`,
    ]
    const replica = await group.add(startRedis({ config: [`replicaof 127.0.0.1 ${master.port}`] }))
    const linked = async () =>
      (await redisCommand(replica.port, 'INFO', 'replication')).includes('master_link_status:up')
    await until('the replica follows', linked)
    const sentinel = await group.add(startSentinel({ config }))
    // A sentinel asks its master for replicas when it starts, and then every 10 s: it must find this one at once.
    const found = async () =>
      (await redisCommand(sentinel.port, 'INFO', 'sentinel')).includes('status=ok') &&
      (await redisCommand(sentinel.port, 'INFO', 'sentinel')).includes('slaves=1')
    await until('the sentinel has found the replica', found)
    return { url: master.url, name, nodes: addresses([sentinel]), master, replica, sentinel }
  })
}

/** Ends all that started when one fails. */
async function startGroup(start) {
  const starting = []
  const stop = async () => {
    const started = await Promise.allSettled(starting)
    await Promise.all(started.map(({ value }) => value?.stop()))
  }
  const add = (promise) => {
    starting.push(promise)
    return promise
  }
  try {
    return { ...(await start({ add })), stop, [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const addresses = (members) => members.map(({ port }) => ({ host: '127.0.0.1', port }))

async function until(what, isSo) {
  for (const deadline = Date.now() + timeout; !(await isSo()); await delay(20)) {
    if (Date.now() > deadline) throw new Error(`after ${timeout / 1000} s it is still not so that ${what}`)
  }
}

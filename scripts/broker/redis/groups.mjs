// Redis servers that belong together: a cluster, and a master with a replica and a sentinel.
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../process/ports.mjs'
import { redisCommand } from './command.mjs'
import { startRedis, startSentinel } from './redis.mjs'

const slots = 16_384
const timeout = 20_000

export async function startRedisCluster({ nodes = 3, config = [], users, tls } = {}) {
  return startGroup(async (group) => {
    const [user] = users ?? []
    const buses = await Promise.all(Array.from({ length: nodes }, freePort))
    const plainPorts = tls ? await Promise.all(Array.from({ length: nodes }, freePort)) : []
    const starting = buses.map((bus, index) => {
      const lines = [...clusterLines(bus), ...(tls ? [`port ${plainPorts[index]}`, 'tls-cluster yes'] : []), ...config]
      return group.add(startRedis({ config: lines, users, tls }))
    })
    const members = await Promise.all(starting)
    // Setting up goes without TLS.
    const ways = members.map(({ port }, index) => ({ port: tls ? plainPorts[index] : port, user }))
    await Promise.all(
      ways.map(async (way, index) => {
        const first = Math.ceil((index * slots) / nodes)
        const last = Math.ceil(((index + 1) * slots) / nodes) - 1
        await redisCommand(way, 'CLUSTER', 'ADDSLOTSRANGE', first, last)
        await redisCommand(way, 'CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
      }),
    )
    for (const [index, { port }] of members.entries()) {
      if (index > 0) await redisCommand(ways[0], 'CLUSTER', 'MEET', '127.0.0.1', port, buses[index])
    }
    const isWhole = async (way) => {
      const info = await redisCommand(way, 'CLUSTER', 'INFO')
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes}\r`)
    }
    await until('the cluster is whole', async () => (await Promise.all(ways.map(isWhole))).every(Boolean))
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

export async function startRedisSentinel({ users } = {}) {
  const name = 'botbus'
  return startGroup(async (group) => {
    const [user] = users ?? []
    const login = user ? [`masteruser ${user.username}`, `masterauth ${user.password}`] : []
    const master = await group.add(startRedis({ config: login, users }))
    const config = [
      `sentinel monitor ${name} 127.0.0.1 ${master.port} 1`,
      `sentinel down-after-milliseconds ${name} 500`,
      `sentinel failover-timeout ${name} 2000`,
      ...(user ? [`sentinel auth-user ${name} ${user.username}`, `sentinel auth-pass ${name} ${user.password}`] : []),
    ]
    const replica = await group.add(startRedis({ config: [`replicaof 127.0.0.1 ${master.port}`, ...login], users }))
    const linked = async () =>
      (await redisCommand({ port: replica.port, user }, 'INFO', 'replication')).includes('master_link_status:up')
    await until('the replica follows', linked)
    const sentinel = await group.add(startSentinel({ config }))
    // A sentinel asks its master for replicas when it starts, and then every 10 s: it must find this one at once.
    const found = async () =>
      (await redisCommand(sentinel, 'INFO', 'sentinel')).includes('status=ok') &&
      (await redisCommand(sentinel, 'INFO', 'sentinel')).includes('slaves=1')
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

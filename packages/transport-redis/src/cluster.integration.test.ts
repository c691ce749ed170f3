import { describe, expect, it, vi } from 'vitest'
import { freePort } from '../../../scripts/broker/process/ports.mjs'
import { startRedisCluster } from '../../../scripts/broker/redis/groups.mjs'
import { startRedis } from '../../../scripts/broker/redis/redis.mjs'
import { authority, certificate } from '../../../tests/support/certificates.ts'
import { failure, nextState, numbers, open, openRaw } from '../test/support.ts'
import { slotOf } from './slots.ts'

const clusterUrl = (nodes: readonly { host: string; port: number }[]): string =>
  `redis://${nodes.map(({ host, port }) => `${host}:${port}`).join(',')}?cluster=true`

describe('a cluster', () => {
  it('carries messages and calls between clients of any of its nodes, and knows when nobody serves', async () => {
    await using cluster = await startRedisCluster()
    const clients = await Promise.all(numbers(4).map(() => open({ url: clusterUrl(cluster.nodes) })))
    const [server, caller] = clients as [(typeof clients)[0], (typeof clients)[0]]
    const received: string[] = []
    for (const [index, { bus }] of clients.entries()) {
      await bus.subscribe('news/#', ({ topic }) => received.push(`${index} ${topic}`))
    }
    for (const address of numbers(40)) await server.bus.serve(`s/${address}`, () => address)
    await server.bus.serve('p/+/x', (_, { address }) => address)
    await server.bus.serve('g', () => 'group', { group: 'g' })
    const calls = numbers(40).map((address) => caller.bus.call(`s/${address}`))
    expect(await Promise.all(calls)).toEqual(numbers(40))
    expect(await caller.bus.call('p/7/x')).toBe('p/7/x')
    expect(await caller.bus.call('g')).toBe('group')
    for (const name of numbers(20)) {
      expect((await failure(caller.bus.call(`nobody/${name}`))).code).toBe('NO_RESPONDER')
    }
    await caller.bus.publish('news/1', 1)
    await caller.bus.publish('news', 2)
    const expected = numbers(4).flatMap((index) => [`${index} news`, `${index} news/1`])
    await vi.waitFor(() => expect(received.toSorted()).toEqual(expected))
    await Promise.all(clients.map(({ bus }) => bus.close()))
  })

  it('that loses a node and gets it back goes on by itself', async () => {
    await using cluster = await startRedisCluster()
    await using client = await open({ url: clusterUrl(cluster.nodes), connectTimeout: 2_000 })
    for (const address of numbers(20)) await client.bus.serve(`s/${address}`, () => address)
    const lost = nextState(client.bus, 'reconnecting')
    await cluster.members[0]?.kill()
    await lost
    const back = nextState(client.bus, 'connected')
    await cluster.members[0]?.start()
    await back
    for (const address of numbers(20)) expect(await client.bus.call(`s/${address}`)).toBe(address)
  })

  it('whose master is killed goes on with the replica that takes over', async () => {
    await using cluster = await startRedisCluster()
    const [seed, victim] = cluster.members
    const bus = await freePort()
    const lines = ['cluster-enabled yes', 'cluster-config-file nodes.conf', 'cluster-node-timeout 2000']
    await using replica = await startRedis({
      config: [...lines, 'cluster-announce-ip 127.0.0.1', `cluster-port ${bus}`],
    })
    await using raw = openRaw(replica.url)
    await using meeting = openRaw(String(seed?.url))
    const id = await (async () => {
      await using master = openRaw(String(victim?.url))
      return String(await master.cluster('MYID'))
    })()
    await meeting.cluster('MEET', '127.0.0.1', replica.port, bus)
    const soon = { timeout: 15_000, interval: 100 }
    await vi.waitFor(async () => expect(await raw.cluster('REPLICATE', id)).toBe('OK'), soon)
    await vi.waitFor(async () => expect(await raw.info('replication')).toContain('master_link_status:up'), soon)
    await vi.waitFor(async () => expect(await meeting.cluster('NODES')).toContain(`slave ${id}`), soon)
    // Only the replica is left out: it is found in the cluster.
    await using client = await open({ url: clusterUrl(cluster.nodes), connectTimeout: 2_000 })
    for (const address of numbers(20)) await client.bus.serve(`s/${address}`, () => address)
    const [lost, back] = [nextState(client.bus, 'reconnecting'), nextState(client.bus, 'connected')]
    await victim?.kill()
    await lost
    await back
    for (const address of numbers(20)) expect(await client.bus.call(`s/${address}`)).toBe(address)
  })

  it('that moves the slot of a served address is followed', async () => {
    await using cluster = await startRedisCluster()
    await using server = await open({ url: clusterUrl(cluster.nodes) })
    await using caller = await open({ url: clusterUrl(cluster.nodes) })
    await server.bus.serve('moving', () => 'ok')
    const slot = slotOf('botbus#rpc:moving')
    const nodes = cluster.members.map(({ url }) => openRaw(url))
    const ids = await Promise.all(nodes.map(async (node) => String(await node.cluster('MYID'))))
    const owner = Math.floor((slot * 3) / 16_384)
    const target = ids[(owner + 1) % 3]
    const followed = nextState(server.bus, 'connected')
    for (const node of nodes) await node.cluster('SETSLOT', slot, 'NODE', String(target))
    await followed
    await vi.waitFor(async () => expect(await caller.bus.call('moving')).toBe('ok'), { timeout: 10_000, interval: 100 })
    for (const node of nodes) await node[Symbol.asyncDispose]()
  })

  it('with users and TLS is reached at each of its nodes with the same credentials, which it demands', async () => {
    const ca = await authority('Test authority')
    const tls = { ...(await certificate(ca, 'localhost')), ca: ca.cert }
    const mine = { ...(await certificate(ca, 'client')), ca: ca.cert, servername: 'localhost' }
    const alice = { username: 'alice', password: 'secret' }
    await using cluster = await startRedisCluster({ users: [alice], tls })
    const url = clusterUrl(cluster.nodes).replace('redis:', 'rediss:')
    await using client = await open({ url, ...alice, tls: mine })
    for (const address of numbers(20)) await client.bus.serve(`s/${address}`, () => address)
    for (const address of numbers(20)) expect(await client.bus.call(`s/${address}`)).toBe(address)
    const wrong = await failure(open({ url, ...alice, password: 'wrong', tls: mine }))
    expect(wrong.code).toBe('UNAUTHORIZED')
    expect((await failure(open({ url, ...alice, tls: { servername: 'localhost' } }))).message).toContain('tls.ca')
  })
})

import { type AddressInfo, createServer, type Socket } from 'node:net'
import { connectBus } from '@botbus/core'
import { describe, expect, it, vi } from 'vitest'
import { startRedisSentinel } from '../../../scripts/broker/redis/groups.mjs'
import { failure, nextState, open } from '../test/support.ts'
import { redis } from './redis.ts'

const urlOf = ({ nodes }: { nodes: readonly { host: string; port: number }[] }, name: string): string =>
  `redis://${nodes.map(({ host, port }) => `${host}:${port}`).join(',')}?sentinel=${name}`

describe('sentinels', () => {
  it('say where the master is; when it is killed, everything goes on with the replica that takes over', async () => {
    await using group = await startRedisSentinel()
    const url = urlOf(group, group.name)
    await using client = await open({ url, connectTimeout: 2_000 })
    await using other = await open({ url, connectTimeout: 2_000 })
    const listener = vi.fn()
    await client.bus.subscribe('news/#', listener)
    await client.bus.serve('s', () => 'ok')
    expect(await other.bus.call('s')).toBe('ok')
    const [lost, back] = [nextState(client.bus, 'reconnecting'), nextState(client.bus, 'connected')]
    const otherBack = nextState(other.bus, 'connected')
    await group.master.kill()
    await lost
    await Promise.all([back, otherBack])
    expect(await other.bus.call('s')).toBe('ok')
    await other.bus.publish('news/1', 1)
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce())
  })

  it('that know no master of that name refuse, and those that are not there are skipped', async () => {
    await using group = await startRedisSentinel()
    const error = await failure(connectBus(redis({ url: urlOf(group, 'other') })))
    expect(error.code).toBe('INVALID_ARGUMENT')
    expect(error.message).toContain('option "sentinel" is "other"')
    const cluster = await failure(connectBus(redis({ url: `${urlOf(group, 'x').split('?')[0]}?cluster=true` })))
    expect(cluster.code).toBe('INVALID_ARGUMENT')
    expect(cluster.message).toMatch(/option "cluster" .* it is a sentinel$/)
    const nodes = [{ host: '127.0.0.1', port: 1 }, ...group.nodes]
    await using client = await open({ url: urlOf({ nodes }, group.name) })
    await client.bus.publish('x', 1, { qos: 1 })
  })

  it('that take the connection and never answer leave time for the others', async () => {
    await using group = await startRedisSentinel()
    const sockets = new Set<Socket>()
    const silent = createServer((socket) => sockets.add(socket.on('error', () => undefined)))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const nodes = [{ host: '127.0.0.1', port: (silent.address() as AddressInfo).port }, ...group.nodes]
    await using client = await open({ url: urlOf({ nodes }, group.name), connectTimeout: 2_000 })
    await client.bus.publish('x', 1, { qos: 1 })
    for (const socket of sockets) socket.destroy()
    silent.close()
  })

  it('lead to servers that demand a login, also to the one that takes over', async () => {
    const alice = { username: 'alice', password: 'secret' }
    await using group = await startRedisSentinel({ users: [alice] })
    const url = urlOf(group, group.name)
    await using client = await open({ url, ...alice, connectTimeout: 2_000 })
    await client.bus.serve('s', () => 'ok')
    expect((await failure(connectBus(redis({ url })))).code).toBe('UNAUTHORIZED')
    const lost = nextState(client.bus, 'reconnecting')
    await group.master.kill()
    await lost
    await nextState(client.bus, 'connected')
    expect(await client.bus.call('s')).toBe('ok')
  })
})

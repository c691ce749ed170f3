import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { startMosquitto } from '../../scripts/broker/mosquitto/mosquitto.mjs'
import { startRabbitmq } from '../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { startRedisCluster, startRedisSentinel } from '../../scripts/broker/redis/groups.mjs'
import { startRedis } from '../../scripts/broker/redis/redis.mjs'

/** The first bytes that the server on the port says to these, as Latin-1; rejects when it stays silent for that long. */
async function say(port: number, bytes: string, patience = 5_000): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    socket.write(bytes, 'latin1')
    const [data] = await once(socket, 'data', { signal: AbortSignal.timeout(patience) })
    return String(data.toString('latin1'))
  } finally {
    socket.destroy()
  }
}

describe.each([
  { name: 'startMosquitto', start: startMosquitto },
  { name: 'startRedis', start: startRedis },
  { name: 'startRabbitmq', start: startRabbitmq },
])('$name', ({ start }) => {
  it('runs on the same port after a kill, and frees it when stopped', async () => {
    const broker = await start()
    const { port, pid } = broker
    await broker.kill()
    expect(broker.pid).toBeUndefined()
    await broker.start()
    expect(broker.port).toBe(port)
    expect(broker.pid).not.toBe(pid)
    await broker.stop()
    expect(existsSync(broker.folder)).toBe(false)
    await expect(say(port, 'PING\r\n')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  }, 120_000)
})

describe('a private broker', () => {
  it('refuses a port that is taken', async () => {
    await using first = await startMosquitto()
    await expect(startMosquitto({ port: first.port })).rejects.toThrow(`port ${first.port} is taken`)
  })

  it('tells what it says about a wrong configuration', async () => {
    await expect(startMosquitto({ config: ['no_such_setting 1'] })).rejects.toThrow('no_such_setting')
    await expect(startRedis({ config: ['no-such-setting 1'] })).rejects.toThrow('no-such-setting')
  })

  it('keeps silent while frozen, and goes on when thawed', async () => {
    await using broker = await startRedis()
    broker.freeze()
    await expect(say(broker.port, 'PING\r\n', 200)).rejects.toThrow()
    broker.thaw()
    expect(await say(broker.port, 'PING\r\n')).toBe('+PONG\r\n')
  })

  it('refuses strangers when it has users', async () => {
    await using broker = await startRedis({ users: [{ username: 'ada', password: 'secret' }] })
    expect(await say(broker.port, 'PING\r\n')).toContain('-NOAUTH')
    expect(await say(broker.port, 'AUTH ada wrong\r\n')).toContain('-WRONGPASS')
    expect(await say(broker.port, 'AUTH ada secret\r\n')).toBe('+OK\r\n')
  })

  it('ends, with its folder, when the process that started it is killed', async () => {
    const program = `import('./scripts/broker/redis/redis.mjs').then(async ({ startRedis }) => {
      const { port, folder } = await startRedis()
      console.log(JSON.stringify({ port, folder }))
    })`
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(child.stdout, 'data')
    const { port, folder } = JSON.parse(String(line))
    expect(await say(port, 'PING\r\n')).toBe('+PONG\r\n')
    child.kill('SIGKILL')
    await expect.poll(() => existsSync(folder), { timeout: 5_000 }).toBe(false)
    await expect(say(port, 'PING\r\n')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('startRedisCluster', () => {
  it('gives each node its share of the slots', async () => {
    await using cluster = await startRedisCluster()
    expect(cluster.nodes).toHaveLength(3)
    for (const { port } of cluster.nodes) {
      expect(await say(port, 'CLUSTER INFO\r\n')).toContain('cluster_state:ok\r\ncluster_slots_assigned:16384')
    }
  }, 30_000)
})

describe('startRedisSentinel', () => {
  it('makes the replica the master when the master dies', async () => {
    await using group = await startRedisSentinel()
    const ask = `SENTINEL GET-MASTER-ADDR-BY-NAME ${group.name}\r\n`
    expect(await say(group.sentinel.port, ask)).toContain(String(group.master.port))
    await group.master.kill()
    await vi.waitFor(async () => expect(await say(group.sentinel.port, ask)).toContain(String(group.replica.port)), {
      timeout: 20_000,
    })
    expect(await say(group.replica.port, 'ROLE\r\n')).toContain('master')
  }, 30_000)
})

import { existsSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafka } from '../../scripts/broker/kafka/entry.mjs'
import { type KafkaInstance, startKafka } from '../../scripts/broker/kafka/kafka.mjs'

const metadata = 3
const createTopics = 19
const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
const text = (value: string): Buffer => Buffer.concat([int32(value.length).subarray(2), Buffer.from(value)])

/** One request of the protocol and its answer, without the length and the correlation id. */
function ask(port: number, key: number, version: number, body: Buffer): Promise<Buffer> {
  const header = Buffer.concat([int32((key << 16) | version), int32(1), text('test')])
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    let answer = Buffer.alloc(0)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed without an answer')))
    socket.on('data', (data) => {
      answer = Buffer.concat([answer, data])
      if (answer.length < 4 || answer.length < 4 + answer.readInt32BE()) return
      resolve(answer.subarray(8))
      socket.destroy()
    })
    socket.write(Buffer.concat([int32(header.length + body.length), header, body]))
  })
}

/** CreateTopics 2: one topic with one partition and one replica, 5 s, not only validated. */
const create = (port: number, topic: string): Promise<Buffer> =>
  ask(
    port,
    createTopics,
    2,
    Buffer.concat([
      int32(1),
      text(topic),
      int32(1),
      Buffer.from([0, 1]),
      int32(0),
      int32(0),
      int32(5_000),
      Buffer.from([0]),
    ]),
  )

/** Metadata 1 of all topics: names of brokers and topics stand in it as they are. */
const describeAll = async (port: number): Promise<string> =>
  (await ask(port, metadata, 1, int32(-1))).toString('latin1')

describe('startKafka', () => {
  let broker: KafkaInstance

  beforeAll(async () => {
    broker = await startKafka()
  })

  afterAll(async () => {
    await broker.stop()
    expect(existsSync(broker.folder)).toBe(false)
  })

  it('answers on loopback, and is taken for a Kafka', async () => {
    expect(broker.url).toBe(`kafka://127.0.0.1:${broker.port}`)
    expect(await kafka.answers(broker.url)).toBe(true)
  })

  it('keeps its topics over a kill, on the same port', async () => {
    await create(broker.port, 'kept')
    const { pid, port } = broker
    await broker.kill()
    expect(broker.pid).toBeUndefined()
    expect(await kafka.answers(broker.url)).toBe(false)
    await broker.start()
    expect(broker.port).toBe(port)
    expect(broker.pid).not.toBe(pid)
    await expect.poll(() => describeAll(port)).toContain('kept')
  })

  it('says nothing while it is frozen, and answers again when thawed', async () => {
    broker.freeze()
    const answer = describeAll(broker.port)
    const first = await Promise.race([answer, kafka.answers(broker.url)])
    expect(first).toBe(false)
    broker.thaw()
    expect(await answer).toContain('127.0.0.1')
  })

  it('tells what Kafka says about a wrong configuration', async () => {
    await expect(startKafka({ config: ['num.io.threads=none'] })).rejects.toThrow('num.io.threads')
  })
})

describe('startKafka with a proxy', () => {
  it('keeps clients behind it', async () => {
    let target = 0
    const sockets = new Set<Socket>()
    const proxy = createServer((client) => {
      const server = connect({ host: '127.0.0.1', port: target })
      for (const socket of [client, server]) sockets.add(socket.on('error', () => undefined))
      client.pipe(server).pipe(client)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const address = proxy.address()
    const advertisedPort = typeof address === 'object' && address !== null ? address.port : 0
    await using broker = await startKafka({ advertisedPort })
    target = broker.proxiedPort ?? 0
    // Metadata 1 starts with the brokers: their count, then id, host and port of the first.
    const portIn = (answer: Buffer): number => answer.readInt32BE(4 + 4 + 2 + '127.0.0.1'.length)
    expect(portIn(await ask(advertisedPort, metadata, 1, int32(0)))).toBe(advertisedPort)
    expect(portIn(await ask(broker.port, metadata, 1, int32(0)))).toBe(broker.port)
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
})

describe('startKafka with users', () => {
  it.each(['plain', 'scram-sha-512'] as const)('refuses those who are nobody, with %s', async (mechanism) => {
    await using broker = await startKafka({
      mechanism,
      users: [{ username: 'alice', password: 'a "secret"\\, they say]' }],
    })
    expect(await kafka.answers(broker.url)).toBe(true)
    await expect(describeAll(broker.port)).rejects.toThrow()
  })
})

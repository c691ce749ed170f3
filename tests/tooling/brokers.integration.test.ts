import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type KafkaInstance, startKafka } from '../../scripts/broker/kafka/kafka.mjs'
import { startMosquitto } from '../../scripts/broker/mosquitto/mosquitto.mjs'
import type { BrokerInstance } from '../../scripts/broker/process/broker-process.mjs'
import { type RabbitmqInstance, startRabbitmq } from '../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { startRedis } from '../../scripts/broker/redis/redis.mjs'
import { type Finished, ScriptsCopy } from './scripts-copy.ts'

const tools = fileURLToPath(new URL('../../.tools', import.meta.url))

describe('scripts/brokers', () => {
  let copy: ScriptsCopy
  let rabbitmq: RabbitmqInstance
  let redis: BrokerInstance
  let kafka: KafkaInstance
  /** Given by URL, so that most tests are about Mosquitto, which starts fastest. */
  let others: Record<string, string>

  const run = (command: string, urls: Record<string, string | undefined>): Promise<Finished> => {
    // No docker engine answers there, so that the native way is tested on every machine.
    const none = Object.fromEntries(
      ['MQTT', 'AMQP', 'REDIS', 'KAFKA'].map((kind) => [`BOTBUS_TEST_${kind}`, undefined]),
    )
    return copy.run('scripts/brokers', [command], { env: { ...none, DOCKER_HOST: 'tcp://127.0.0.1:1', ...urls } })
  }
  const brokers = (command: string, url?: string): Promise<Finished> =>
    run(command, { ...others, BOTBUS_TEST_MQTT: url })
  const state = (): string => join(copy.folder, '.tools', 'brokers.json')
  const mqttLine = ({ stdout }: Finished): string | undefined =>
    stdout.split('\n').find((line) => line.startsWith('BOTBUS_TEST_MQTT'))

  beforeAll(async () => {
    ;[rabbitmq, redis, kafka] = await Promise.all([startRabbitmq(), startRedis(), startKafka()])
    others = { BOTBUS_TEST_AMQP: rabbitmq.url, BOTBUS_TEST_REDIS: redis.url, BOTBUS_TEST_KAFKA: kafka.url }
  }, 120_000)

  afterAll(async () => {
    await Promise.all([rabbitmq?.stop(), redis?.stop(), kafka?.stop()])
  })

  beforeEach(async () => {
    copy = await ScriptsCopy.make()
    await mkdir(join(copy.folder, '.tools'))
    // What this machine has brought already is not brought once more.
    for (const name of readdirSync(tools).filter((entry) => /^(debian|kafka|maven)-/.test(entry))) {
      await symlink(join(tools, name), join(copy.folder, '.tools', name))
    }
  })

  afterEach(async () => {
    await brokers('down')
    await copy[Symbol.asyncDispose]()
  })

  it('up starts one of each kind on loopback, and changes nothing the second time', async () => {
    const { stdout, exitCode } = await run('up', {})
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^BOTBUS_TEST_MQTT=mqtt:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^BOTBUS_TEST_AMQP=amqp:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^BOTBUS_TEST_REDIS=redis:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^BOTBUS_TEST_KAFKA=kafka:\/\/127\.0\.0\.1:\d+$/),
    ])
    expect(exitCode).toBe(0)
    expect((await run('up', {})).stdout).toBe(stdout)
    const folders = Object.values<{ folder: string }>(JSON.parse(readFileSync(state(), 'utf8'))).map((it) => it.folder)
    expect(folders).toHaveLength(4)
    expect((await run('down', {})).exitCode).toBe(0)
    expect([state(), ...folders].filter((path) => existsSync(path))).toEqual([])
  }, 60_000)

  it('--help names all variables', async () => {
    const { stdout, exitCode } = await run('--help', {})
    expect(exitCode).toBe(0)
    expect(new Set(stdout.match(/BOTBUS_TEST_[A-Z]+/g))).toEqual(
      new Set(['BOTBUS_TEST_MQTT', 'BOTBUS_TEST_AMQP', 'BOTBUS_TEST_REDIS', 'BOTBUS_TEST_KAFKA']),
    )
  })

  it('status says how each broker runs, and fails when one does not', async () => {
    const before = await brokers('status')
    expect(mqttLine(before)).toBe('BOTBUS_TEST_MQTT is down')
    expect(before.exitCode).toBe(1)
    await brokers('up')
    const after = await brokers('status')
    expect(mqttLine(after)).toMatch(/^BOTBUS_TEST_MQTT=mqtt:\/\/\S+ \(native, answers\)$/)
    expect(after.exitCode).toBe(0)
  })

  it('down leaves nothing behind', async () => {
    const url = mqttLine(await brokers('up'))?.replace('BOTBUS_TEST_MQTT=', '')
    const { folder } = JSON.parse(readFileSync(state(), 'utf8')).mosquitto
    expect((await brokers('down')).exitCode).toBe(0)
    expect(existsSync(state())).toBe(false)
    expect(existsSync(folder)).toBe(false)
    expect(await brokers('up', url)).toMatchObject({ exitCode: 1 })
  })

  it('uses brokers that are given by URL, and leaves them running', async () => {
    await using given = await startMosquitto()
    expect(mqttLine(await brokers('up', given.url))).toBe(`BOTBUS_TEST_MQTT=${given.url}`)
    expect(existsSync(state())).toBe(false)
    await brokers('down', given.url)
    const { stdout } = await brokers('status', given.url)
    expect(stdout.split('\n')).toEqual(Array(4).fill(expect.stringContaining('(given, answers)')))
  })

  it('starts a new broker when the one it knew has died', async () => {
    await brokers('up')
    const known = JSON.parse(readFileSync(state(), 'utf8')).mosquitto
    process.kill(known.pid, 'SIGKILL')
    await expect.poll(async () => (await brokers('status')).exitCode).toBe(1)
    expect((await brokers('up')).exitCode).toBe(0)
    expect(JSON.parse(readFileSync(state(), 'utf8')).mosquitto.pid).not.toBe(known.pid)
    expect(existsSync(known.folder)).toBe(false)
  })

  it('refuses a URL that does not answer, says so, and stops what it had started', async () => {
    const refused = await run('up', { ...others, BOTBUS_TEST_REDIS: 'redis://127.0.0.1:1' })
    expect(refused.stderr).toContain('BOTBUS_TEST_REDIS=redis://127.0.0.1:1 does not answer')
    expect(refused.exitCode).toBe(1)
    expect(existsSync(state())).toBe(false)
  })

  it('knows a broker of another kind', async () => {
    const swapped = { BOTBUS_TEST_AMQP: redis.url, BOTBUS_TEST_REDIS: rabbitmq.url }
    const { stdout } = await run('status', swapped)
    for (const [variable, url] of Object.entries(swapped)) {
      expect(stdout).toContain(`${variable}=${url} (given, does not answer)`)
    }
  })
})

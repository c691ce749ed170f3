import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startMosquitto } from '../../scripts/broker/mosquitto.mjs'
import { type Finished, ScriptsCopy } from './scripts-copy.ts'

describe('scripts/brokers', () => {
  let copy: ScriptsCopy

  // No docker engine answers there, so that the native way is tested on every machine.
  const brokers = (command: string, url?: string): Promise<Finished> =>
    copy.run('scripts/brokers', [command], { env: { BOTBUS_TEST_MQTT: url, DOCKER_HOST: 'tcp://127.0.0.1:1' } })

  beforeEach(async () => {
    copy = await ScriptsCopy.make()
  })

  afterEach(async () => {
    await brokers('down')
    await copy[Symbol.asyncDispose]()
  })

  it('up prints one line per broker, on loopback, and changes nothing the second time', async () => {
    const { stdout, exitCode } = await brokers('up')
    expect(stdout).toMatch(/^BOTBUS_TEST_MQTT=mqtt:\/\/127\.0\.0\.1:\d+$/)
    expect(exitCode).toBe(0)
    expect((await brokers('up')).stdout).toBe(stdout)
  })

  it('status says how each broker runs, and fails when one does not', async () => {
    expect(await brokers('status')).toMatchObject({ stdout: 'BOTBUS_TEST_MQTT is down', exitCode: 1 })
    await brokers('up')
    const { stdout, exitCode } = await brokers('status')
    expect(stdout).toMatch(/^BOTBUS_TEST_MQTT=mqtt:\/\/\S+ \(native, answers\)$/)
    expect(exitCode).toBe(0)
  })

  it('down leaves nothing behind', async () => {
    const line = (await brokers('up')).stdout
    const state = join(copy.folder, '.tools', 'brokers.json')
    const { folder } = JSON.parse(readFileSync(state, 'utf8')).mosquitto
    expect((await brokers('down')).exitCode).toBe(0)
    expect(existsSync(state)).toBe(false)
    expect(existsSync(folder)).toBe(false)
    const url = line.replace('BOTBUS_TEST_MQTT=', '')
    expect(await brokers('up', url)).toMatchObject({ exitCode: 1 })
  })

  it('uses a broker that is given by URL, and leaves it running', async () => {
    await using given = await startMosquitto()
    expect((await brokers('up', given.url)).stdout).toBe(`BOTBUS_TEST_MQTT=${given.url}`)
    expect(existsSync(join(copy.folder, '.tools', 'brokers.json'))).toBe(false)
    await brokers('down', given.url)
    expect((await brokers('status', given.url)).stdout).toContain('(given, answers)')
  })

  it('starts a new broker when the one it knew has died', async () => {
    await brokers('up')
    const file = join(copy.folder, '.tools', 'brokers.json')
    const known = JSON.parse(readFileSync(file, 'utf8')).mosquitto
    process.kill(known.pid, 'SIGKILL')
    await expect.poll(async () => (await brokers('status')).exitCode).toBe(1)
    expect((await brokers('up')).exitCode).toBe(0)
    expect(JSON.parse(readFileSync(file, 'utf8')).mosquitto.pid).not.toBe(known.pid)
    expect(existsSync(known.folder)).toBe(false)
  })

  it('refuses a URL that does not answer, and says so', async () => {
    const { stderr, exitCode } = await brokers('up', 'mqtt://127.0.0.1:1')
    expect(stderr).toContain('BOTBUS_TEST_MQTT=mqtt://127.0.0.1:1 does not answer')
    expect(exitCode).toBe(1)
  })
})

describe('startMosquitto', () => {
  it('runs on the same port after a kill, and frees it when stopped', async () => {
    const broker = await startMosquitto()
    const { port, pid } = broker
    await broker.kill()
    expect(broker.pid).toBeUndefined()
    await broker.start()
    expect(broker.port).toBe(port)
    expect(broker.pid).not.toBe(pid)
    await broker.stop()
    expect(existsSync(broker.folder)).toBe(false)
    await using another = await startMosquitto({ port })
    expect(another.port).toBe(port)
  })

  it('refuses a port that is taken', async () => {
    await using first = await startMosquitto()
    await expect(startMosquitto({ port: first.port })).rejects.toThrow(`port ${first.port} is taken`)
  })

  it('tells what Mosquitto says about a wrong configuration', async () => {
    await expect(startMosquitto({ config: ['no_such_setting 1'] })).rejects.toThrow('no_such_setting')
  })
})

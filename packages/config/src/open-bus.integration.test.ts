import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BotbusError } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type MosquittoInstance, startMosquitto } from '../../../scripts/broker/mosquitto/mosquitto.mjs'
import { loadConfig } from './load-config.ts'
import { openBus } from './open-bus.ts'

let folder: string
let mosquitto: MosquittoInstance
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botbus-open-'))
  await writeFile(join(folder, 'passwords'), `${passwordLine('ada', 'right')}\n`, { mode: 0o600 })
  await writeFile(join(folder, 'secret'), 'right\n')
  await writeFile(join(folder, 'wrong'), 'wrong\n')
  mosquitto = await startMosquitto({ config: ['allow_anonymous false', `password_file ${join(folder, 'passwords')}`] })
})
afterAll(async () => {
  await mosquitto.stop()
  await rm(folder, { recursive: true })
})

/** A line of Mosquitto's password file. */
function passwordLine(user: string, password: string): string {
  const salt = randomBytes(12)
  const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512')
  return `${user}:$7$101$${salt.toString('base64')}$${hash.toString('base64')}`
}

describe('a broker that wants a password', () => {
  it('gets it from the file that the configuration names', async () => {
    const text = `broker: { url: "${mosquitto.url}", username: ada, passwordFile: secret }`
    await writeFile(join(folder, 'botbus.config.yaml'), text)
    const config = await loadConfig({ cwd: folder, env: {} })
    await using bus = await openBus(config.broker)
    await bus.serve('hello', (name) => `Hello, ${String(name)}`)
    expect(await bus.call('hello', 'Ada')).toBe('Hello, Ada')
  })

  it('gets it from the environment, under a URL from a flag', async () => {
    const env = { BOTBUS_BROKER_USERNAME: 'ada', BOTBUS_BROKER_PASSWORD: 'right' }
    const config = await loadConfig({ file: undefined, cwd: tmpdir(), env, overrides: { broker: mosquitto.url } })
    await using bus = await openBus(config.broker)
    expect(bus.state.status).toBe('connected')
  })

  it('is not asked again after it has refused, also by a bus that waits for its broker', async () => {
    const onAttempt = vi.fn()
    const broker = { url: mosquitto.url, username: 'ada', passwordFile: join(folder, 'wrong') }
    await expect(openBus(broker, { waitForBroker: true, onAttempt })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect(onAttempt).not.toHaveBeenCalled()
  })
})

describe('a broker that is not there', () => {
  const broker = { url: '', username: 'ada', password: 'right' }
  beforeAll(async () => {
    broker.url = mosquitto.url
    await mosquitto.kill()
  })

  it('rejects at once without waitForBroker', async () => {
    await expect(openBus(broker)).rejects.toMatchObject({ code: 'NOT_CONNECTED' })
  })

  it('is waited for, with growing delays, until the signal fires', async () => {
    const stop = new AbortController()
    const attempts: [BotbusError, number][] = []
    const opening = openBus(broker, {
      waitForBroker: true,
      signal: stop.signal,
      onAttempt: (error, delay) => {
        attempts.push([error, delay])
        if (attempts.length === 3) stop.abort()
      },
    })
    await expect(opening).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(attempts.map(([error]) => error.code)).toEqual(['NOT_CONNECTED', 'NOT_CONNECTED', 'NOT_CONNECTED'])
    expect(attempts[2]?.[1]).toBeGreaterThan(attempts[0]?.[1] ?? Number.POSITIVE_INFINITY)
  })

  it('is used as soon as it comes', async () => {
    const started = Promise.withResolvers<void>()
    await using bus = await openBus(broker, {
      waitForBroker: true,
      onAttempt: () => mosquitto.pid ?? mosquitto.start().then(started.resolve, started.reject),
    })
    await started.promise
    expect(bus.state.status).toBe('connected')
  })
})

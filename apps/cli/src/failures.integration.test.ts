import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBus } from '@botbus/config'
import { Aedes } from 'aedes'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startMosquitto } from '../../../scripts/broker/mosquitto/mosquitto.mjs'
import { startRedis } from '../../../scripts/broker/redis/redis.mjs'
import { chosenBroker, chosenKind, startOwnBroker, type TestBroker } from '../../../tests/support/test-broker.ts'
import { runCli, startCli } from '../test/cli-process.ts'
import { startTestBot, type TestBot } from '../test/test-bot.ts'

let broker: TestBroker
let folder = ''
const nowhere = `${chosenKind}://127.0.0.1:1`

beforeAll(async () => {
  broker = await chosenBroker()
  folder = await mkdtemp(join(tmpdir(), 'botbus-cli-'))
})

afterAll(async () => {
  await broker?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

describe('the broker', () => {
  it('that is not there ends with 10, and says which and what to do', async () => {
    const { stdout, stderr, exitCode } = await runCli(['bot', 'status', 'alpha', '--url', nowhere])
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 10 })
    expect(stderr).toContain(nowhere)
    expect(stderr).toContain('Check that it runs')
    expect(stderr.includes('npm start')).toBe(chosenKind === 'mqtt')
  })

  it('that lives in this process only is listened to as long as any other', async () => {
    const sub = await runCli(['sub', 'a', '--wait', '500ms', '--url', 'memory:'])
    expect(sub).toEqual({ stdout: '', stderr: 'listening to a\n', exitCode: 0 })
  })

  it('that takes the connection and says nothing ends with 10 after the timeout', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    const { port } = await listeningAt(silent)
    const args = ['pub', 'a', '1', '--timeout', '500ms', '--url', `${chosenKind}://127.0.0.1:${port}`]
    const { stdout, stderr, exitCode } = await runCli(args)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 10 })
    expect(stderr).toMatch(/no answer within 500 ms; is it an? \S+( broker)?, and is no firewall in between\?/)
    silent.close()
  })

  it.each(['amqp', 'mqtt', 'rediss'])(
    'that is a Redis, under %s://, is asked about in the words of the transport',
    async (scheme) => {
      await using redis = await startRedis()
      const args = ['pub', 'a', '1', '--timeout', '1s', '--url', `${scheme}://127.0.0.1:${redis.port}`]
      const { stdout, stderr, exitCode } = await runCli(args)
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 10 })
      expect(stderr).toMatch(/^botbus: no broker at \w+:\/\/127\.0\.0\.1:\d+: .*is it an? /)
    },
  )

  it('is the embedded one without any configuration, on the port that BOTBUS_PORT names', async () => {
    const { stderr, exitCode } = await runCli(['sub', 'a', '--wait', '1s'], { cwd: folder, env: { BOTBUS_PORT: '2' } })
    expect(exitCode).toBe(10)
    expect(stderr).toContain('mqtt://127.0.0.1:2')
    await using mosquitto = await startMosquitto()
    const env = { BOTBUS_PORT: String(mosquitto.port) }
    expect(await runCli(['pub', 'a', '1'], { cwd: folder, env })).toMatchObject({ exitCode: 0 })
  })

  it('is taken from --url, then BOTBUS_BROKER, then the configuration file', async () => {
    const file = join(folder, 'own.config.yaml')
    await writeFile(file, `broker: ${broker.url}\n`)
    const pub = ['pub', 'a', '1', '--config', file]
    expect(await runCli(pub)).toMatchObject({ exitCode: 0 })
    expect(await runCli(pub, { broker: nowhere })).toMatchObject({ exitCode: 10 })
    expect(await runCli([...pub, '--url', broker.url], { broker: nowhere })).toMatchObject({ exitCode: 0 })
  })

  it('that refuses our credentials ends with 6', async () => {
    await using strict = await startOwnBroker({ users: [{ username: 'ada', password: 'right' }] })
    const env = { BOTBUS_BROKER_USERNAME: 'bob', BOTBUS_BROKER_PASSWORD: 'wrong' }
    const { stderr, exitCode } = await runCli(['pub', 'a', '1'], { broker: strict.url, env })
    expect(exitCode).toBe(6)
    expect(stderr).not.toContain('wrong')
  })
})

describe('wrong usage ends with 4', () => {
  it('a password in --url, which is not repeated', async () => {
    const { stdout, stderr, exitCode } = await runCli(['bot', 'ls', '--url', 'mqtt://bob:hunter2@127.0.0.1'])
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 4 })
    expect(stderr).toContain('BOTBUS_BROKER_PASSWORD')
    expect(stderr).not.toContain('hunter2')
  })

  it.each([
    [['bot', 'fly', 'alpha']],
    [['bot', 'start']],
    [['bot', 'start', 'alpha', '--loud']],
    [['bot', 'start', 'al/pha']],
    [['bot', 'history', 'alpha', '--days', '-1']],
    [['bot', 'ls', '-o', 'xml']],
    [['bot', 'ls', '--timeout', 'soon']],
    [['bot', 'ls', '--config', 'missing.yaml']],
    [['bot', 'ls', '--url', 'gopher://x']],
    [['bot', 'config', 'alpha', 'mqtt_password=hunter2']],
    [['bot', 'send-event', 'alpha', 'a.b', '[]']],
    [['sub', 'a/#/b']],
    [[]],
    [['bot']],
  ])('%j', async (args) => {
    const { stdout, stderr, exitCode } = await runCli(args, { broker: broker.url })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 4 })
    expect(stderr).not.toBe('')
    expect(stderr).not.toContain('defect')
    expect(stderr.split('gopher://x').length).toBe(args.includes('gopher://x') ? 2 : 1)
  })

  it('help and version end with 0', async () => {
    expect(await runCli(['--version'])).toEqual({
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
      exitCode: 0,
    })
    expect(await runCli(['bot', 'start', '--help'])).toMatchObject({ stderr: '', exitCode: 0 })
  })
})

describe('a bot', () => {
  /** A start that ends when the test does. */
  let finish: () => void = () => undefined
  const busy = {
    start: (): Promise<void> =>
      new Promise((resolve) => {
        finish = resolve
      }),
  }
  async function startBusyBot(url: string, id: string): Promise<TestBot> {
    const bot = await startTestBot(url, id, busy)
    onTestFinished(async () => {
      finish()
      await bot[Symbol.asyncDispose]()
    })
    return bot
  }

  it('that is not there ends with 2, at once where the broker can tell', async () => {
    await using bus = await openBus(broker.url)
    const canTell = bus.capabilities.noResponder !== 'presence'
    const { stdout, stderr, exitCode } = await runCli(['bot', 'status', 'nobody'], { broker: broker.url })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(canTell ? 'no bot "nobody" is there' : 'no bot "nobody" was heard')
    expect(stderr.includes('nothing was sent')).toBe(canTell)
  })

  it('that does not answer in time ends with 5, as the command may have run', async () => {
    await startBusyBot(broker.url, 'slow')
    const args = ['bot', 'start', 'slow', '--timeout', '1500ms']
    const { stdout, stderr, exitCode } = await runCli(args, { broker: broker.url })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 5 })
    expect(stderr).toContain('it may have run')
  })

  it('that goes offline before it answers ends with 3', async () => {
    const leaving = await startBusyBot(broker.url, 'leaving')
    const process = startCli(['bot', 'start', 'leaving'], { broker: broker.url })
    await process.shows('waiting for leaving')
    // It begins to listen in that moment, and may miss the first goodbye.
    await vi.waitFor(
      () => {
        leaving.bridge.statusUpdate('availability', 'offline')
        expect(process.child.exitCode).not.toBeNull()
      },
      { timeout: 10_000, interval: 100 },
    )
    const { stdout, stderr, exitCode } = await process.ended
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 })
    expect(stderr).toContain('leaving went offline')
  })

  it('that is waited for is given up on Ctrl-C, with 130', async () => {
    await startBusyBot(broker.url, 'busy')
    const process = startCli(['bot', 'start', 'busy'], { broker: broker.url })
    await process.shows('waiting for busy')
    expect(await process.kill()).toMatchObject({ stdout: '', exitCode: 130 })
  })

  it('whose link is lost during the command ends with 5, as the command may have run', async () => {
    await using own = await startOwnBroker()
    await startBusyBot(own.url, 'cut')
    const process = startCli(['bot', 'start', 'cut'], { broker: own.url })
    await process.shows('waiting for cut')
    await own.kill()
    expect(await process.ended).toMatchObject({ stdout: '', exitCode: 5 })
  })
})

describe('a broker of MQTT 3.1.1, which cannot tell that nobody listens', () => {
  let server: Server
  let url = ''

  beforeAll(async () => {
    const aedes = await Aedes.createBroker()
    server = createServer(aedes.handle).listen(0, '127.0.0.1')
    const { port } = await listeningAt(server)
    url = `mqtt://127.0.0.1:${port}`
    server.once('close', () => aedes.close())
  })

  afterAll(() => {
    server?.close()
  })

  it('answers the commands of a bot that is there', async () => {
    await using _ = await startTestBot(url, 'alpha')
    expect(await runCli(['bot', 'start', 'alpha', '-o', 'table'], { broker: url })).toEqual({
      stdout: 'alpha accepted the start\n',
      stderr: '',
      exitCode: 0,
    })
  })

  it('ends with 2 after 12 s without a heartbeat, long before the timeout, and shows that it waits', async () => {
    const started = performance.now()
    const process = startCli(['bot', 'start', 'nobody'], { broker: url })
    await process.shows('waiting for nobody to answer start')
    const { stdout, stderr, exitCode } = await process.ended
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(performance.now() - started).toBeLessThan(30_000)
    expect(stderr).toContain('no bot "nobody" was heard')
  })
})

async function listeningAt(server: Server): Promise<{ port: number }> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  if (typeof address === 'string' || address === null) throw new Error('the server has no port')
  return address
}

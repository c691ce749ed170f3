import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { BotClient } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import { execa } from 'execa'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startMosquitto } from '../broker/mosquitto/mosquitto.mjs'

const script = fileURLToPath(new URL('../start.mjs', import.meta.url))
const running: (PromiseLike<unknown> & { kill(signal: NodeJS.Signals): boolean })[] = []
afterEach(async () => {
  for (const program of running.splice(0)) {
    program.kill('SIGTERM')
    await program
  }
})

const SECRET = 'a secret of this test 4711'

/** `npm start` on the sources, which need no build. */
function start(args: string[], port: number, env: Record<string, string> = {}) {
  const program = execa(process.execPath, ['--conditions=@botbus/source', script, ...args], {
    reject: false,
    env: { BOTBUS_STORE: 'sqlite::memory:', BOTBUS_DEMO_SECRET: SECRET, ...env, BOTBUS_PORT: String(port) },
  })
  running.push(program)
  return program
}

interface Started {
  readonly program: ReturnType<typeof start>
  readonly screen: string
  /** Where HTTP is. */
  readonly url: string
}

async function startedOn(args: string[], port: number): Promise<Started> {
  const http = await freePort()
  const program = start(args, port, { BOTBUS_HTTP_PORT: String(http) })
  let screen = ''
  program.stdout.on('data', (chunk: Buffer) => {
    screen += String(chunk)
  })
  const ended = program.then(({ exitCode, stderr }) => expect.fail(`it ended with ${exitCode}: ${stderr}`))
  await Promise.race([ended, vi.waitUntil(() => screen.includes('follow here'), { timeout: 60_000 })])
  return { program, screen, url: `http://127.0.0.1:${http}` }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function expectNobodyOn(port: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const socket = connect(port, '127.0.0.1')
      const outcome = await Promise.race([
        once(socket, 'connect').then(() => 'connected'),
        once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code),
      ]).catch((error: NodeJS.ErrnoException) => error.code)
      socket.destroy()
      expect(outcome).toBe('ECONNREFUSED')
    },
    { timeout: 15_000, interval: 100 },
  )
}

describe('npm start', () => {
  it('runs a server and two bots that answer, and lets the bots say goodbye before the broker ends', async () => {
    const port = await freePort()
    const { program, screen } = await startedOn([], port)
    expect(screen).toContain(`mqtt://127.0.0.1:${port}`)
    const commands = screen.match(/(?<=BOTBUS_PORT=\d+ npm run -s botbus -- ).*/g)
    expect(commands).toEqual(['bot status alpha', 'bot logs alpha -f', 'bot ls  (listens for 11 s)'])

    await using bus = await openBus(`mqtt://127.0.0.1:${port}`)
    for (const id of ['alpha', 'beta']) {
      expect(await new BotClient(bus, id).status({ async_backend: false })).toMatchObject({ status: 200 })
    }
    const goodbyes = new Set<string>()
    await bus.subscribe('hbot/+/status_updates', ({ topic, data }) => {
      if ((data as { msg?: string }).msg === 'offline') goodbyes.add(topic)
    })
    // As from a terminal and once more from npm: one press, not two.
    program.kill('SIGINT')
    program.kill('SIGINT')
    expect(await program).toMatchObject({ exitCode: 0, stderr: '' })
    expect(goodbyes).toEqual(new Set(['hbot/alpha/status_updates', 'hbot/beta/status_updates']))
    await expectNobodyOn(port)
  })

  it('turns the alert of its first screen into an order of the paper bot', async () => {
    const port = await freePort()
    const { screen, url } = await startedOn([], port)
    const [, address, body] = /curl (\S+) -d '(.*)'/.exec(screen) ?? []
    expect(address).toBe(`${url}/webhooks/tradingview/demo`)
    expect(JSON.parse(body ?? '')).toEqual({ secret: SECRET, action: 'buy', amount: '0.01' })
    await using bus = await openBus(`mqtt://127.0.0.1:${port}`)
    const events: unknown[] = []
    await bus.subscribe('hbot/alpha/events', ({ data }) => void events.push(data))
    const answer = await fetch(address ?? '', { method: 'POST', body: body ?? '' })
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status: 202 })
    await vi.waitFor(() => expect(JSON.stringify(events)).toMatch(/BuyOrderCreated/), { timeout: 20_000 })
    expect((await fetch(`${url}/ready`)).status).toBe(200)
    const wrong = await fetch(address ?? '', { method: 'POST', body: (body ?? '').replace(SECRET, 'x'.repeat(20)) })
    expect(wrong.status).toBe(401)
  })

  it('says that the HTTP port is taken before it starts anything', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const { exitCode, stderr, stdout } = await start([], await freePort(), { BOTBUS_HTTP_PORT: String(port) })
    other.close()
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken by another program`)
    expect(stderr).toContain(`BOTBUS_HTTP_PORT=${port + 1} npm start`)
  })

  it('leaves nothing behind when it is killed', async () => {
    const port = await freePort()
    const { program } = await startedOn([], port)
    program.kill('SIGKILL')
    await expectNobodyOn(port)
  })

  it.runIf(process.platform === 'linux')('stops the rest and reports the program that ended by itself', async () => {
    const port = await freePort()
    const { program } = await startedOn([], port)
    // In the order of their start: the server, alpha, beta.
    const children = readFileSync(`/proc/${program.pid}/task/${program.pid}/children`, 'utf8').trim().split(' ')
    process.kill(Number(children[1]), 'SIGKILL')
    const { exitCode, stderr } = await program
    expect(exitCode).toBe(1)
    expect(stderr).toContain('botbus: alpha ended by SIGKILL. Its last lines:')
    expect(stderr).toMatch(/alpha {2}\| ready:/)
    await expectNobodyOn(port)
  })

  it('uses the broker that --broker names, and starts none', async () => {
    await using mosquitto = await startMosquitto()
    const port = await freePort()
    const { program, screen } = await startedOn(['--broker', mosquitto.url], port)
    expect(screen).toContain(`npm run -s botbus -- bot ls --url ${mosquitto.url}`)
    await expectNobodyOn(port)
    await using bus = await openBus(mosquitto.url)
    expect(await new BotClient(bus, 'beta').status()).toMatchObject({ status: 200 })
    program.kill('SIGTERM')
    expect(await program).toMatchObject({ exitCode: 0 })
  })

  it('says why a program cannot start, and ends with 1', async () => {
    await using mosquitto = await startMosquitto({ config: ['allow_anonymous false'] })
    const { exitCode, stderr, stdout } = await start(['--broker', mosquitto.url], await freePort(), {
      BOTBUS_HTTP_PORT: String(await freePort()),
    })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/botbus: (server|alpha|beta) ended with exit code \d+\. Its last lines:/)
    expect(stdout).not.toContain('Botbus runs')
  })

  it('says that the port is taken before it starts anything', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const { exitCode, stderr, stdout } = await start([], port)
    other.close()
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken by another program`)
    expect(stderr).toContain(`BOTBUS_PORT=${port + 1} npm start`)
  })

  it.each([
    ['an unknown option', ['--bot'], 'try: npm start -- --help'],
    ['a password on the command line', ['--broker', 'mqtt://me:secret@host'], 'BOTBUS_BROKER_PASSWORD'],
    ['a password on it in another place', ['--broker', 'kafka://a:1,b:2?password=secret'], 'BOTBUS_BROKER_PASSWORD'],
    ['a broker inside one process', ['--broker', 'memory:x'], 'use embedded:, mqtt://, amqp://, redis:// or kafka://'],
    ['a broker of another kind', ['--broker', 'nats://host'], 'is no broker URL; accepted: mqtt://HOST:PORT, '],
    ['what the transport does not know', ['--broker', 'kafka://h?sals=x'], 'has an unknown parameter "sals"'],
    ['what the transport cannot use', ['--broker', 'redis://h/first'], 'must have a database number'],
  ])('refuses %s in one message, before it starts anything, with 4', async (_, args, text) => {
    const { exitCode, stdout, stderr } = await start(args, await freePort())
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' })
    // What a bot prints has its name in front, and is repeated under a second "botbus: ".
    expect(stderr.match(/^botbus: /gm)).toHaveLength(1)
    expect(stderr).not.toMatch(/^ *(alpha|beta)\b/m)
    expect(stderr).toContain(text)
    expect(stderr).not.toContain('secret')
  })

  it('shows its help', async () => {
    expect(await start(['--help'], 1883)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('BOTBUS_PORT=1884'),
    })
  })
})

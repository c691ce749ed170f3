import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openBus } from '@botbus/config'
import { execa } from 'execa'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startEmbeddedBroker } from './embedded-broker.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** The program, from its source. */
function program(args: string[], options: { env?: Record<string, string>; cwd?: string } = {}) {
  const env = { BOTBUS_HTTP_PORT: '0', BOTBUS_STORE: 'sqlite::memory:', ...options.env }
  return execa(process.execPath, ['--conditions=@botbus/source', main, ...args], { reject: false, ...options, env })
}

/** The line that says that the program runs, and the address of its HTTP. */
async function ready(running: ReturnType<typeof program>): Promise<{ line: string; url: string }> {
  let text = ''
  running.stdout.on('data', (chunk: Buffer) => {
    text += String(chunk)
  })
  const line = await vi.waitUntil(() => /^ready: .*$/m.exec(text)?.[0], { timeout: 30_000 })
  return { line, url: /http:\S+(?=,)/.exec(line)?.[0] ?? '' }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  await using broker = await startEmbeddedBroker({ port: 0 })
  return broker.port
}

describe('botbus-server', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'says when it is ready, serves embedded:PORT, and ends with 0 on %s',
    async (signal) => {
      const port = await freePort()
      const running = program([], { env: { BOTBUS_PORT: String(port) } })
      const { line, url } = await ready(running)
      expect(line).toBe(`ready: HTTP on ${url}, MQTT broker on mqtt://127.0.0.1:${port}`)
      expect((await fetch(`${url}/ready`)).status).toBe(200)
      await using bus = await openBus(`embedded:${port}`)
      expect(bus.state.status).toBe('connected')
      const silent = connect(port, '127.0.0.1')
      await once(silent, 'connect')
      // npm repeats what the terminal has sent already. A process that is halted gets both at once when it goes on: the
      // second one never finds it at the very end of its exit, where Node handles signals no more.
      running.kill('SIGSTOP')
      running.kill(signal)
      running.kill(signal === 'SIGINT' ? 'SIGTERM' : 'SIGINT')
      running.kill('SIGCONT')
      await once(silent.resume(), 'close')
      expect(await running).toMatchObject({ exitCode: 0, stderr: '' })
    },
  )

  it('takes the port from the configuration file, or from --port', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'botbus-server-'))
    await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
    await using taken = await startEmbeddedBroker({ port: 0 })
    await writeFile(join(folder, 'botbus.config.yaml'), `port: ${taken.port}`)
    for (const answer of [await program([], { cwd: folder }), await program(['--port', String(taken.port)])]) {
      expect(answer.exitCode).toBe(4)
      expect(answer.stderr).toContain(`port ${taken.port} on 127.0.0.1 is taken by another program`)
    }
  })

  it('explains wrong options and ends with 4', async () => {
    expect(await program(['--prot', '1'])).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('try --help') })
    expect(await program(['--port', 'x'])).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('from 1 to 65535'),
    })
  })

  it('shows its help', async () => {
    expect(await program(['--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('BOTBUS_PORT=1884'),
    })
  })

  it('says which HTTP port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const env = { BOTBUS_HTTP_PORT: String(port), BOTBUS_PORT: String(await freePort()) }
    expect(await program([], { env })).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining(`choose another with BOTBUS_HTTP_PORT, as in: BOTBUS_HTTP_PORT=${port + 1}`),
    })
    server.close()
  })

  it('takes a configuration that changes while it runs, and keeps the old one when the new one is wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'botbus-server-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const greeter = fileURLToPath(new URL('../test/plugins/greeter.ts', import.meta.url))
    const write = (greeting: unknown): Promise<void> =>
      writeFile(join(folder, 'botbus.config.json'), JSON.stringify({ plugins: { [greeter]: { greeting } } }))
    await write('one')
    const running = program(['--config', 'botbus.config.json'], {
      cwd: folder,
      env: { BOTBUS_PORT: String(await freePort()) },
    })
    const { url } = await ready(running)
    const greeting = async (): Promise<unknown> => (await fetch(`${url}/api/greeter/greeting`)).json()
    expect(await greeting()).toEqual({ greeting: 'one' })
    let log = ''
    running.stderr.on('data', (chunk: Buffer) => {
      log += String(chunk)
    })
    await write(2)
    await vi.waitFor(() => expect(log).toContain('greeting: found 2; accepted: string'), { timeout: 20_000 })
    expect(await greeting()).toEqual({ greeting: 'one' })
    await write('three')
    await vi.waitFor(async () => expect(await greeting()).toEqual({ greeting: 'three' }), { timeout: 20_000 })
    running.kill('SIGTERM')
    expect(await running).toMatchObject({ exitCode: 0 })
  })

  it('keeps what must last beside the configuration', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'botbus-server-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const running = program([], { cwd: folder, env: { BOTBUS_STORE: '', BOTBUS_PORT: String(await freePort()) } })
    await ready(running)
    expect(await readdir(folder)).toContain('botbus.db')
    running.kill('SIGTERM')
    expect(await running).toMatchObject({ exitCode: 0 })
  })
})

import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openBus } from '@botbus/config'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { startEmbeddedBroker } from './embedded-broker.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** The program, from its source. */
function program(args: string[], options: { env?: Record<string, string>; cwd?: string } = {}) {
  return execa(process.execPath, ['--conditions=@botbus/source', main, ...args], { reject: false, ...options })
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
      const [first] = await once(running.stdout, 'data')
      expect(String(first)).toBe(`ready: MQTT broker on mqtt://127.0.0.1:${port}\n`)
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
})

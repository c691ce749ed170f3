import { fileURLToPath } from 'node:url'
import { BotClient } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import { execa } from 'execa'
import { describe, expect, it, vi } from 'vitest'
import { runCli } from '../../apps/cli/test/cli-process.ts'
import { uniqueName } from '../support/test-broker.ts'
import { SHARED_BROKERS } from './brokers.ts'

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))
/** With `embedded:` it starts the broker itself: `scripts/start` has tests of that. */
const BROKERS = SHARED_BROKERS.filter(({ name }) => name !== 'embedded:')

describe('npm start -- --broker', () => {
  it.each(BROKERS)('runs two bots on $name, and says what to type', async ({ start }) => {
    await using broker = await start()
    const namespace = uniqueName('start')
    const env = { BOTBUS_BRIDGE_NAMESPACE: namespace }
    const program = execa(process.execPath, ['--conditions=@botbus/source', script, '--broker', broker.url], {
      reject: false,
      env,
    })
    try {
      let screen = ''
      program.stdout.on('data', (chunk: Buffer) => {
        screen += String(chunk)
      })
      const ended = program.then(({ exitCode, stderr }) => expect.fail(`it ended with ${exitCode}: ${stderr}`))
      await Promise.race([ended, vi.waitUntil(() => screen.includes('follow here'), { timeout: 60_000 })])

      await using bus = await openBus(broker.url, { namespaces: [namespace] })
      for (const id of ['alpha', 'beta']) {
        expect(await new BotClient(bus, id, { namespace }).status({ async_backend: false })).toMatchObject({
          status: 200,
        })
      }
      const typed = /(?<=npm run -s botbus -- )bot status .*/.exec(screen)?.[0] ?? ''
      expect(typed).toBe(`bot status alpha --url ${broker.url}`)
      expect(await runCli(typed.split(' '), { env })).toMatchObject({ stderr: '', exitCode: 0 })
    } finally {
      program.kill('SIGTERM')
    }
    expect(await program).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

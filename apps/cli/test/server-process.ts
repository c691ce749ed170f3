import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../scripts/broker/process/ports.mjs'

const MAIN = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))
const FROM_SOURCE = [
  '--conditions=@botbus/source',
  '--experimental-strip-types',
  '--disable-warning=ExperimentalWarning',
]

/** The real server, with its configuration and database in a folder of its own. */
export interface TestServer extends AsyncDisposable {
  readonly folder: string
  readonly config: string
  readonly url: string
}

/** `routes` are those of the TradingView plugin. */
export async function startServer(routes: Record<string, unknown>): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'botbus-cli-server-'))
  const config = join(folder, 'botbus.config.json')
  const http = { port: await freePort() }
  const plugins = { tradingview: { routes } }
  await writeFile(config, JSON.stringify({ port: await freePort(), http, store: 'sqlite:./botbus.db', plugins }))
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(BOTBUS_|NODE_|VITEST)/.test(name)))
  const child = spawn(process.execPath, [...FROM_SOURCE, MAIN, '--config', config], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exit
    await rm(folder, { recursive: true, force: true })
  }
  let shown = ''
  const ready = new Promise<void>((resolve) => {
    const look = (text: string): void => {
      shown += text
      if (shown.includes('ready: HTTP')) resolve()
    }
    child.stdout.setEncoding('utf8').on('data', look)
    child.stderr.setEncoding('utf8').on('data', look)
  })
  const early = exit.then(() => Promise.reject(new Error(`the server ended: ${shown}`)))
  try {
    await Promise.race([ready, early])
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  early.catch(() => {
    // It ends with the test.
  })
  return { folder, config, url: `http://127.0.0.1:${http.port}`, [Symbol.asyncDispose]: stop }
}

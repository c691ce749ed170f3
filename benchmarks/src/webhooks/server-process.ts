import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../scripts/broker/process/ports.mjs'

const PROGRAM = fileURLToPath(new URL('../../../apps/server/', import.meta.url))
/** Tests run from sources, and so does what they start. */
const fromSource = process.env['NODE_OPTIONS']?.includes('@botbus/source') ?? false
const MAIN = join(PROGRAM, fromSource ? 'src/main.ts' : 'dist/main.js')

const READY = /^ready: HTTP on (\S+), MQTT broker on (\S+)$/m
/** Of all output, for the message when it ends. */
const LAST = 4_000

/** The real server, with its database in a folder of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number
  readonly url: string
  readonly brokerUrl: string
  readonly secret: string
  /** Rejects when it ends by itself. */
  readonly ended: Promise<never>
}

/** Starts it with one route, `bench`, whose alerts become market orders of the bot `alpha`. */
export async function startServerProcess(signal: AbortSignal): Promise<ServerProcess> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is not there: pnpm build makes it`)
  const folder = await mkdtemp(join(tmpdir(), 'botbus-bench-'))
  const secret = crypto.randomUUID()
  const file = join(folder, 'botbus.config.json')
  await writeFile(file, JSON.stringify(configuration(await freePort())))
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BOTBUS_')))
  const child = spawn(process.execPath, [MAIN, '--config', file], {
    env: { ...env, BENCH_SECRET: secret },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let isStopping = false
  let shown = ''
  const keep = (text: string): void => {
    shown = `${shown}${text}`.slice(-LAST)
  }
  child.stdout?.setEncoding('utf8').on('data', keep)
  child.stderr?.setEncoding('utf8').on('data', keep)
  const exit = once(child, 'exit')
  const ended = exit.then(() =>
    isStopping ? new Promise<never>(() => {}) : Promise.reject(new Error(`the server ended: ${shown}`)),
  )
  ended.catch(() => {
    // Told to whoever waits for it; nobody does before it is ready.
  })
  const stop = async (): Promise<void> => {
    isStopping = true
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
    if (child.exitCode === null && child.signalCode === null) await exit
    clearTimeout(late)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const [url, brokerUrl] = await Promise.race([readyLine(child, () => shown, signal), ended])
    return { pid: child.pid ?? 0, url, brokerUrl, secret, ended, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function readyLine(
  child: ChildProcess,
  shown: () => string,
  signal: AbortSignal,
): Promise<[url: string, brokerUrl: string]> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    child.stdout?.on('data', () => {
      const [, url, brokerUrl] = READY.exec(shown()) ?? []
      if (url && brokerUrl) resolve([url, brokerUrl])
    })
  })
}

/** As an operator would write it, but for a rate that no chart reaches. */
function configuration(port: number): unknown {
  const route = {
    secrets: [{ env: 'BENCH_SECRET' }],
    bot: ['alpha'],
    rateLimit: 100_000,
    holdFor: 300,
    rules: [{ do: [{ preset: 'order.market', data: { id: '{{id}}' } }] }],
  }
  return {
    port,
    http: { port: 0 },
    store: 'sqlite:./botbus.db',
    plugins: { tradingview: { routes: { bench: route } } },
  }
}

// Private Mosquitto instances for tests: each with a port and a data folder of its own, on loopback only.
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findMosquitto } from './mosquitto-binary.mjs'
import { accepts, answers, freePort } from './ports.mjs'

const startTimeout = 15_000
const stopTimeout = 5_000
const instances = new Set()

// Nothing may outlive the test process that started it.
process.on('exit', () => {
  for (const instance of instances) instance.destroy()
})

export async function startMosquitto(options = {}) {
  const instance = new Mosquitto(await findMosquitto(), options, options.port ?? (await freePort()))
  try {
    await instance.start()
    return instance
  } catch (error) {
    await instance.stop()
    // Another process may have taken the free port between the search and the bind.
    if (options.port !== undefined || !(await accepts(instance.port))) throw error
  }
  return startMosquitto(options)
}

class Mosquitto {
  #binary
  #options
  #child
  #exited = Promise.resolve()

  constructor(binary, options, port) {
    this.#binary = binary
    this.#options = options
    this.port = port
    this.url = `mqtt://127.0.0.1:${port}`
    this.folder = mkdtempSync(join(tmpdir(), 'botbus-mosquitto-'))
    writeFileSync(join(this.folder, 'mosquitto.conf'), `${this.#configuration().join('\n')}\n`)
    if (options.detached !== true) instances.add(this)
  }

  get pid() {
    return this.#child?.pid
  }

  log() {
    return readFileSync(join(this.folder, 'mosquitto.log'), 'utf8')
  }

  async start() {
    if (this.#child) throw new Error(`Mosquitto on port ${this.port} already runs; stop or kill it first`)
    if (await accepts(this.port)) throw new Error(`port ${this.port} is taken; Mosquitto cannot listen there`)
    const detached = this.#options.detached === true
    const log = openSync(join(this.folder, 'mosquitto.log'), 'a')
    const child = spawn(this.#binary.path, ['-c', join(this.folder, 'mosquitto.conf')], {
      detached,
      env: { ...process.env, ...this.#binary.env },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#child = child
    let failure
    this.#exited = new Promise((resolve) => {
      const ended = (reason) => {
        failure = reason
        if (this.#child === child) this.#child = undefined
        resolve()
      }
      child.once('error', (error) => ended(error.message))
      child.once('exit', (code, signal) => ended(`ended with ${signal ?? `code ${code}`}`))
    })
    await answers(this.port, startTimeout, () => failure).catch((error) => {
      throw new Error(`Mosquitto did not start on port ${this.port}: ${error.message}\n${this.log()}`)
    })
    if (detached) child.unref()
  }

  async kill(signal = 'SIGKILL') {
    this.#child?.kill(signal)
    await this.#exited
  }

  async restart() {
    await this.#end()
    await this.start()
  }

  async stop() {
    await this.#end()
    instances.delete(this)
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** The last resort at process exit, where nothing can be awaited. */
  destroy() {
    this.#child?.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    await this.stop()
  }

  async #end() {
    const child = this.#child
    if (!child) return
    child.kill('SIGTERM')
    child.kill('SIGCONT')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeout)
    await this.#exited
    clearTimeout(timer)
  }

  #configuration() {
    const extra = this.#options.config ?? []
    const says = (key) => extra.some((line) => line.startsWith(`${key} `))
    return [
      // As root, Mosquitto would drop to a user who cannot read our files.
      ...(process.getuid?.() === 0 && !says('user') ? ['user root'] : []),
      ...(says('allow_anonymous') ? [] : ['allow_anonymous true']),
      ...(says('persistence') ? [] : ['persistence false']),
      'log_dest stderr',
      `listener ${this.port} 127.0.0.1`,
      // Lines that follow apply to this listener (cafile, certfile, keyfile, require_certificate, protocol, ...).
      ...extra,
    ]
  }
}

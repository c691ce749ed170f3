// What all private brokers for tests share: a port and a folder of their own, a process group of their own, and their ends.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGuard } from './guard.mjs'
import { accepts, answers, freePort } from './ports.mjs'
import { awaitMembers, freezeGroup, removeFolder, signalGroup, signalMembers } from './processes.mjs'

const stopTimeout = 10_000
const instances = new Set()

// Nothing may outlive the test process that started it.
process.on('exit', () => {
  for (const instance of instances) instance.destroy()
})

/** Starts a broker of that kind on `options.port` or on a free one. What a kind is: see `BrokerKind` in broker-process.d.mts. */
export async function startBroker(kind, options = {}) {
  for (let attempt = 1; ; attempt++) {
    const instance = new BrokerProcess(kind, options, options.port ?? (await freePort()))
    try {
      await instance.prepare()
      await instance.start()
      return instance
    } catch (error) {
      const { ports } = instance
      await instance.stop()
      // Another process may have taken a free port between the search and the bind.
      const isTaken = (await Promise.all(ports.map((port) => accepts(port)))).includes(true)
      if (options.port !== undefined || !isTaken || attempt === 5) throw error
    }
  }
}

class BrokerProcess {
  #kind
  #options
  #launch
  #child
  #group
  #exited = Promise.resolve()

  constructor(kind, options, port) {
    this.#kind = kind
    this.#options = options
    this.port = port
    this.url = options.tls ? `${kind.schemes.tls}://localhost:${port}` : `${kind.schemes.plain}://127.0.0.1:${port}`
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), `botbus-${kind.name.toLowerCase()}-`)))
    if (options.detached !== true) instances.add(this)
  }

  /** Writes the configuration, once. */
  async prepare() {
    const { url, port, folder } = this
    this.#launch = await this.#kind.prepare({ url, port, folder, options: this.#options })
    Object.assign(this, this.#launch.extra)
  }

  get ports() {
    return [this.port, ...(this.#launch?.ports ?? [])]
  }

  get pid() {
    return this.#child?.pid
  }

  log() {
    const file = join(this.folder, 'broker.log')
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }

  async start() {
    const { name } = this.#kind
    if (this.#child) throw new Error(`${name} on port ${this.port} already runs; stop or kill it first`)
    for (const port of this.ports) {
      if (await accepts(port)) throw new Error(`port ${port} is taken; ${name} cannot listen there`)
    }
    let failure
    this.#spawn((reason) => {
      failure = reason
    })
    await this.#isReady(() => failure).catch((error) => {
      throw new Error(`${name} did not start on port ${this.port}: ${error.message}\n${this.log()}`)
    })
    if (this.#options.detached === true) this.#child?.unref()
  }

  async kill(signal = 'SIGKILL') {
    if (!this.#child) return
    if (signal === 'SIGKILL') signalGroup(this.#group, signal)
    else this.#child.kill(signal)
    await this.#exited
  }

  freeze() {
    if (this.#child) freezeGroup(this.#group)
  }

  thaw() {
    if (this.#child) signalGroup(this.#group, 'SIGCONT')
  }

  async restart() {
    await this.#end()
    await this.start()
  }

  async stop() {
    await this.#end()
    instances.delete(this)
    removeFolder(this.folder)
  }

  /** The last resort at process exit, where nothing can be awaited. */
  destroy() {
    if (this.#child) signalMembers(this.#group, this.folder, 'SIGKILL')
    removeFolder(this.folder)
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    await this.stop()
  }

  #spawn(ended) {
    const { path, args, env, uid, gid } = this.#launch
    const log = openSync(join(this.folder, 'broker.log'), 'a')
    // A group of its own: a signal to it reaches the helpers too, and Ctrl-C in a terminal reaches none of them.
    const child = spawn(path, args, {
      detached: true,
      cwd: this.folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      uid,
      gid,
    })
    closeSync(log)
    this.#child = child
    this.#group = child.pid
    const guard = this.#options.detached !== true && child.pid ? startGuard(child.pid, this.folder) : undefined
    this.#exited = new Promise((resolve, reject) => {
      const gone = async (reason) => {
        ended(reason)
        if (child.pid) await awaitMembers(child.pid, this.folder)
        guard?.release()
        if (this.#child === child) this.#child = undefined
      }
      child.once('error', (error) => gone(error.message).then(resolve, reject))
      child.once('exit', (code, signal) => gone(`ended with ${signal ?? `code ${code}`}`).then(resolve, reject))
    })
  }

  #isReady(failed) {
    const timeout = this.#kind.startTimeout ?? 15_000
    return answers(this.port, timeout, failed, this.#launch.isReady ?? (() => accepts(this.port)))
  }

  async #end() {
    const child = this.#child
    if (!child) return
    child.kill(this.#kind.stopSignal ?? 'SIGTERM')
    this.thaw()
    const timer = setTimeout(() => signalGroup(this.#group, 'SIGKILL'), this.#kind.stopTimeout ?? stopTimeout)
    await this.#exited
    clearTimeout(timer)
  }
}

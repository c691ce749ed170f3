import type { BotDirectory } from '@botbus/bridge'
import { BotbusError, type Bus, messageOf } from '@botbus/core'
import type { Log, PluginContext, RunningPlugin } from '@botbus/plugin'
import type { ClosablePluginStore, Store } from '@botbus/store'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { PluginApps, type PluginAppsOptions } from '../http/plugin-apps.ts'
import { partLog } from '../log.ts'
import { type ScopedMetrics, scopeMetrics } from '../metrics.ts'
import type { PreparedPlugin } from './prepare-plugin.ts'
import { scopeBots } from './scoped-bots.ts'
import { scopeBus } from './scoped-bus.ts'
import { within } from './time-limit.ts'

/** What plugins share. */
export interface HostParts {
  readonly bus: Bus
  readonly bots: BotDirectory
  readonly store: Pick<Store, 'forPlugin'>
  readonly logger: Logger
  readonly registry: Registry
  readonly namespace: string
  readonly http: PluginAppsOptions
  /** ms that a plugin may take to start, and to stop. */
  readonly timeLimit: number
  /** Told of every change. */
  readonly onState: (plugin: string, state: PluginState) => void
}

export type PluginState = 'starting' | 'running' | 'failed' | 'stopped'

/** One plugin in the server: started once, stopped once. What it leaves behind is cleared away. */
export class HostedPlugin {
  readonly prepared: PreparedPlugin
  readonly #parts: HostParts
  readonly #log: Log
  readonly #end = new AbortController()
  readonly #metrics: ScopedMetrics
  #state: PluginState = 'starting'
  #reason: string | undefined
  #running: RunningPlugin | undefined
  #apps: PluginApps | undefined
  #store: ClosablePluginStore | undefined
  #stopping: Promise<void> | undefined

  constructor(prepared: PreparedPlugin, parts: HostParts) {
    this.prepared = prepared
    this.#parts = parts
    this.#log = partLog(parts.logger, { plugin: this.name })
    this.#metrics = scopeMetrics(parts.registry, `botbus_${this.name.replaceAll('-', '_')}_`)
  }

  get name(): string {
    return this.prepared.plugin.name
  }

  get state(): PluginState {
    return this.#state
  }

  /** Why it failed. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** Its parts of the OpenAPI document. */
  documents(): object[] {
    return this.#state === 'running' ? (this.#apps?.documents() ?? []) : []
  }

  /** Never rejects: a plugin that fails is cleared away, and says so in `state`. */
  async start(): Promise<void> {
    const { front } = this.#parts.http
    front.hold(this.name, `the plugin ${this.name} is starting`, 1)
    try {
      await within(this.#parts.timeLimit, `the start of the plugin ${this.name}`, this.#open())
      this.#become('running')
      this.#log.info('the plugin runs')
    } catch (error) {
      this.#reason = messageOf(error)
      this.#log.error('the plugin failed to start', { err: error })
      await this.stop()
      this.#become('failed')
      front.hold(this.name, `the plugin ${this.name} does not run`, 30)
    }
  }

  /** Never rejects. Later calls return the first one's promise. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #open(): Promise<void> {
    const { http, store, bus, bots, namespace } = this.#parts
    const { signal } = this.#end
    const { plugin, config, entry } = this.prepared
    const apps = await PluginApps.open(this.name, http)
    this.#apps = apps
    this.#store = store.forPlugin(this.name)
    const context: PluginContext<unknown> = {
      config,
      bus: scopeBus(bus, this.name, signal),
      bots: scopeBots(bots, this.name, signal),
      http: apps.http,
      store: this.#store,
      log: this.#log,
      metrics: this.#metrics,
      signal,
      namespace,
      folder: entry.folder,
    }
    const running = (await plugin.setup(context as PluginContext<never>)) ?? undefined
    // It took longer than it may: nobody waits for it any more.
    if (signal.aborted) return void (await running?.stop?.())
    this.#running = running
    await apps.ready()
  }

  async #stop(): Promise<void> {
    const { front } = this.#parts.http
    front.hold(this.name, `the plugin ${this.name} is stopping`, 1)
    await this.#step('the end of its requests', () => front.idle(this.name))
    await this.#step('its stop', async () => this.#running?.stop?.())
    this.#end.abort(new BotbusError('CLOSED', `the plugin ${this.name} stops`))
    await this.#step('the end of its HTTP routes', async () => this.#apps?.close())
    await this.#step('the end of its store', async () => this.#store?.close())
    this.#metrics.clear()
    this.#become('stopped')
  }

  #become(state: PluginState): void {
    this.#state = state
    this.#parts.onState(this.name, state)
  }

  async #step(what: string, run: () => Promise<void> | undefined): Promise<void> {
    try {
      await within(this.#parts.timeLimit, what, Promise.resolve(run()))
    } catch (error) {
      this.#log.error(`${what} failed`, { err: error })
    }
  }
}

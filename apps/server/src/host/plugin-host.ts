import { isDeepStrictEqual } from 'node:util'
import type { PluginEntry } from '@botbus/config'
import { BotbusError } from '@botbus/core'
import { HostedPlugin, type HostParts, type PluginState } from './hosted-plugin.ts'
import { type PreparedPlugin, preparePlugin } from './prepare-plugin.ts'

export interface PluginStatus {
  readonly name: string
  readonly state: PluginState
  readonly reason?: string
}

/** What could not be loaded at the start, and is not there. */
interface Missing {
  readonly entry: PluginEntry
  readonly reason: string
}

/** The plugins of one server. */
export class PluginHost {
  readonly #parts: HostParts
  readonly #prepare: (entry: PluginEntry) => Promise<PreparedPlugin>
  #plugins: HostedPlugin[] = []
  #missing: Missing[] = []
  /** One change after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: HostParts, prepare: (entry: PluginEntry) => Promise<PreparedPlugin> = preparePlugin) {
    this.#parts = parts
    this.#prepare = prepare
  }

  get status(): readonly PluginStatus[] {
    return [
      ...this.#plugins.map(({ name, state, reason }) => ({ name, state, ...(reason === undefined ? {} : { reason }) })),
      ...this.#missing.map(({ entry, reason }) => ({ name: entry.key, state: 'failed' as const, reason })),
    ]
  }

  documents(): object[] {
    return this.#plugins.flatMap((plugin) => plugin.documents())
  }

  /**
   * Starts them in order. Rejects with `INVALID_ARGUMENT`, before anything starts, for a name that nothing has and for a
   * configuration that a plugin refuses. One that cannot be loaded or fails to start is named in `status`; the others run.
   */
  start(entries: readonly PluginEntry[]): Promise<void> {
    return this.#inTurn(async () => {
      const prepared: PreparedPlugin[] = []
      for (const entry of entries) {
        try {
          prepared.push(await this.#prepare(entry))
        } catch (error) {
          if (!BotbusError.is(error) || error.code === 'INVALID_ARGUMENT') throw error
          this.#missing.push({ entry, reason: error.message })
          this.#parts.logger.error({ plugin: entry.key, err: error }, 'the plugin cannot be loaded')
        }
      }
      assertDistinct(prepared)
      for (const plugin of prepared) await this.#add(plugin)
    })
  }

  /**
   * Stops what is gone or has another section now, starts what is new, and leaves the others alone. Rejects, with nothing changed,
   * when one cannot be loaded or refuses its section. Resolves to the names of those that were touched.
   */
  change(entries: readonly PluginEntry[]): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const prepared = await Promise.all(entries.map(this.#prepare))
      assertDistinct(prepared)
      const wanted = new Map(prepared.map((plugin) => [plugin.plugin.name, plugin]))
      const isSame = (plugin: HostedPlugin): boolean => {
        const next = wanted.get(plugin.name)
        return next !== undefined && plugin.state === 'running' && isDeepStrictEqual(next.entry, plugin.prepared.entry)
      }
      const kept = new Map(this.#plugins.filter(isSame).map((plugin) => [plugin.name, plugin]))
      const gone = this.#plugins.filter(({ name }) => !kept.has(name))
      for (const plugin of gone.toReversed()) await this.#remove(plugin, wanted.has(plugin.name))
      this.#missing = []
      for (const plugin of prepared) if (!kept.has(plugin.plugin.name)) await this.#add(plugin)
      const order = prepared.map(({ plugin }) => plugin.name)
      this.#plugins = this.#plugins.toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name))
      return [...new Set([...gone.map(({ name }) => name), ...order.filter((name) => !kept.has(name))])]
    })
  }

  /** In reverse order. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      for (const plugin of this.#plugins.toReversed()) await plugin.stop()
    })
  }

  async #add(prepared: PreparedPlugin): Promise<void> {
    const plugin = new HostedPlugin(prepared, this.#parts)
    this.#plugins.push(plugin)
    await plugin.start()
  }

  async #remove(plugin: HostedPlugin, comesBack: boolean): Promise<void> {
    await plugin.stop()
    if (!comesBack) this.#parts.http.front.remove(plugin.name)
    this.#plugins = this.#plugins.filter((other) => other !== plugin)
  }

  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(run)
    this.#turn = result.catch(() => {
      // Told to whoever asked for it; the next change starts anew.
    })
    return result
  }
}

function assertDistinct(prepared: readonly PreparedPlugin[]): void {
  const keys = new Map<string, string>()
  for (const { entry, plugin } of prepared) {
    const other = keys.get(plugin.name)
    if (other !== undefined) {
      throw new BotbusError(
        'INVALID_ARGUMENT',
        `plugins: "${other}" and "${entry.key}" are both the plugin ${plugin.name}; keep one`,
      )
    }
    keys.set(plugin.name, entry.key)
  }
}

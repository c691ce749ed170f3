import type { PluginContext, PluginStore } from '@botbus/plugin'
import { Telemetry } from '../telemetry.ts'
import { Availability } from './availability.ts'
import { Deliverer } from './deliver.ts'
import { Journal } from './journal.ts'
import { Lanes } from './lanes.ts'
import { recover } from './recover.ts'
import { Sender } from './send.ts'
import type { Task, Unavailable } from './task.ts'

/** So long, in ms, the end of the plugin waits for the answers of commands; then nobody knows whether they ran. */
const GRACE = 8_000

type Parts = Pick<PluginContext<unknown>, 'bus' | 'bots' | 'store' | 'log' | 'metrics'>

/** Sends what was accepted, in order for each bot and topic. */
export class Dispatcher {
  readonly telemetry: Telemetry
  readonly #store: PluginStore
  readonly #journal: Journal
  readonly #lanes: Lanes
  readonly #availability: Availability
  readonly #closing = new AbortController()
  readonly #abandoned = new AbortController()

  constructor({ bus, bots, store, log, metrics }: Parts) {
    this.telemetry = new Telemetry(metrics, () => this.#lanes)
    this.#store = store
    this.#journal = new Journal(store, log, this.telemetry)
    this.#availability = new Availability(bus, bots, Date.now())
    const deliverer = new Deliverer({
      store,
      log,
      telemetry: this.telemetry,
      journal: this.#journal,
      availability: this.#availability,
      sender: new Sender(bus, bots),
      closing: this.#closing.signal,
      abandoned: this.#abandoned.signal,
    })
    this.#lanes = new Lanes((task) => deliverer.deliver(task))
  }

  /** Goes on with what an earlier run left; before any alert is accepted, so that the order stays. */
  async open(unavailable: (route: string) => Unavailable): Promise<number> {
    const tasks = await recover(this.#store, this.#journal, unavailable)
    for (const task of tasks) this.add(task)
    return tasks.length
  }

  add(task: Task): void {
    this.#lanes.add(task)
  }

  /** Begins nothing more, and waits for what runs; the rest stays pending in the store. */
  async close(): Promise<void> {
    this.#closing.abort()
    const timer = setTimeout(() => this.#abandoned.abort(), GRACE)
    await this.#lanes.stop()
    clearTimeout(timer)
    await this.#journal.settled()
    this.#availability.close()
  }
}

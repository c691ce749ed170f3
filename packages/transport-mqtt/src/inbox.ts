import { randomBytes } from 'node:crypto'
import { type Delivery, matches } from '@botbus/core'
import { botPrefix } from '@botbus/core/transport-kit'

/** The end of a reply address that an inbox of ours made. */
const MADE_HERE = /(?:^_inbox|\/reply)\/[0-9a-f]{32}\/[0-9a-f]{32}$/

/**
 * Where replies arrive: `{namespace}/{bot}/reply/{client}/{id}` for bots, so that an access list can let each bot write below its
 * own prefix only, else `_inbox/{client}/{id}`. `{client}` cannot be guessed and is the same after a reconnect.
 */
export class Inbox {
  readonly #client = randomBytes(16).toString('hex')
  readonly #namespaces: readonly string[]
  /** Those below which replies reach us. */
  #granted: readonly string[]
  readonly #common = `_inbox/${this.#client}/+`
  /** Filters that the broker refused. */
  #refused: ReadonlySet<string> = new Set()

  /** `namespaces`: the longest first. */
  constructor(namespaces: readonly string[]) {
    this.#namespaces = namespaces
    this.#granted = namespaces
  }

  get filters(): string[] {
    return [this.#common, ...this.#namespaces.map((namespace) => this.#filter(namespace))]
  }

  /** Called after each connect with the filters that the broker refused. */
  setRefused(filters: readonly string[]): void {
    this.#refused = new Set(this.filters.filter((filter) => filters.includes(filter)))
    this.#granted = this.#namespaces.filter((namespace) => !this.#refused.has(this.#filter(namespace)))
  }

  replyAddress(address: string, id: string): string {
    const prefix = botPrefix(address, this.#granted)
    if (prefix !== undefined) return `${prefix}/reply/${this.#client}/${id}`
    if (!this.#refused.has(this.#common)) return `_inbox/${this.#client}/${id}`
    const [granted] = this.#granted
    return granted === undefined ? `_inbox/${this.#client}/${id}` : `${granted}/_inbox/reply/${this.#client}/${id}`
  }

  /** Whether a reply to that address would not reach us. */
  isRefused(replyTo: string): boolean {
    if (this.#refused.size === 0) return false
    return ![...this.filters].some((filter) => !this.#refused.has(filter) && matches(filter, replyTo))
  }

  /** The call that a reply belongs to. */
  static idOf({ topic }: Delivery): string {
    return topic.slice(topic.lastIndexOf('/') + 1)
  }

  /** Whether a Botbus client waits there, and not a peer of another kind. */
  static isOurs(replyTo: string): boolean {
    return MADE_HERE.test(replyTo)
  }

  #filter(namespace: string): string {
    return `${namespace}/+/reply/${this.#client}/+`
  }
}

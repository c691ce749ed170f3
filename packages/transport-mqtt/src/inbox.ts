import { randomBytes } from 'node:crypto'
import { type Delivery, MAX_TOPIC_BYTES, matches } from '@botbus/core'

/** `/reply/{client}/{id}`, both of 32 hexadecimal digits. */
const SUFFIX_BYTES = '/reply/'.length + 32 + 1 + 32

/**
 * Where replies arrive: `{namespace}/{bot}/reply/{client}/{id}` for bots, so that an access list can let each bot write below its
 * own prefix only, else `_inbox/{client}/{id}`. `{client}` cannot be guessed and is the same after a reconnect.
 */
export class Inbox {
  readonly #client = randomBytes(16).toString('hex')
  readonly #namespaces: readonly string[]
  readonly #common = `_inbox/${this.#client}/+`
  /** Filters that the broker refused. */
  #refused: ReadonlySet<string> = new Set()

  /** `namespaces`: the longest first. */
  constructor(namespaces: readonly string[]) {
    this.#namespaces = namespaces
  }

  get filters(): string[] {
    return [this.#common, ...this.#namespaces.map((namespace) => this.#filter(namespace))]
  }

  /** Called after each connect with the filters that the broker refused. */
  setRefused(filters: readonly string[]): void {
    this.#refused = new Set(this.filters.filter((filter) => filters.includes(filter)))
  }

  replyAddress(address: string, id: string): string {
    const prefix = this.#botPrefix(address)
    if (prefix !== undefined) return `${prefix}/reply/${this.#client}/${id}`
    if (!this.#refused.has(this.#common)) return `_inbox/${this.#client}/${id}`
    const granted = this.#namespaces.find((namespace) => !this.#refused.has(this.#filter(namespace)))
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

  /** `{namespace}/{bot}` of an address below a bot, unless the reply could not reach us there. */
  #botPrefix(address: string): string | undefined {
    for (const namespace of this.#namespaces) {
      if (!address.startsWith(`${namespace}/`)) continue
      const end = address.indexOf('/', namespace.length + 1)
      if (end === -1) continue
      const prefix = address.slice(0, end)
      // Bots of Hummingbot up to v2.14 write `.` in a reply address as `/`.
      const isUsable =
        end > namespace.length + 1 &&
        !prefix.includes('.') &&
        Buffer.byteLength(prefix) + SUFFIX_BYTES <= MAX_TOPIC_BYTES
      if (isUsable && !this.#refused.has(this.#filter(namespace))) return prefix
    }
    return undefined
  }

  #filter(namespace: string): string {
    return `${namespace}/+/reply/${this.#client}/+`
  }
}

import { randomBytes } from 'node:crypto'

const ROOT = '_inbox/'

/**
 * Where replies arrive: `_inbox/{client}/{id}`. `{client}` cannot be guessed and is the same after a reconnect; as the key of a
 * reply is the first two levels of its address, all replies of one client are in one partition.
 */
export class Inbox {
  readonly key: string = `${ROOT}${randomBytes(16).toString('hex')}`
  readonly #prefix = `${this.key}/`

  replyAddress(id: string): string {
    return `${this.#prefix}${id}`
  }

  /** The call that a reply belongs to, if it is one of ours. */
  idOf(address: string): string | undefined {
    return address.startsWith(this.#prefix) ? address.slice(this.#prefix.length) : undefined
  }

  /** Whether an address is some client's inbox: else it is a topic like any other. */
  static isInbox(address: string): boolean {
    return address.startsWith(ROOT)
  }
}

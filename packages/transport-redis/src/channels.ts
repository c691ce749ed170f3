import type { Link } from './link.ts'

/** A subscription at Redis, which several of ours may share. */
export interface ChannelFilter {
  readonly kind: 'subscribe' | 'psubscribe' | 'ssubscribe'
  /** The channel, or the glob. */
  readonly name: string
}

export type Receiver = (channel: string, payload: Buffer) => void

/** What the subscribing connections of one session are subscribed to, with who receives it. */
export class Channels {
  readonly #linkOf: (filter: ChannelFilter) => Link
  readonly #receivers = { subscribe: newTable(), psubscribe: newTable(), ssubscribe: newTable() }

  constructor(linkOf: (filter: ChannelFilter) => Link) {
    this.#linkOf = linkOf
  }

  /** Resolves when Redis has granted it. Harmless when that receiver is there already. */
  async add(filter: ChannelFilter, receiver: Receiver): Promise<void> {
    const table = this.#receivers[filter.kind]
    const receivers = table.get(filter.name) ?? new Set()
    const isNew = !receivers.has(receiver)
    table.set(filter.name, receivers.add(receiver))
    try {
      // Also when it is subscribed, or being subscribed, already: Redis answers in order.
      await this.#linkOf(filter).command(filter.kind, filter.name)
    } catch (error) {
      if (isNew) this.#remove(filter, receiver)
      throw error
    }
  }

  /** Resolves when Redis has taken back what nobody receives any more. */
  async remove(filter: ChannelFilter, receiver: Receiver): Promise<void> {
    if (!this.#remove(filter, receiver)) return
    const command = { subscribe: 'unsubscribe', psubscribe: 'punsubscribe', ssubscribe: 'sunsubscribe' }[filter.kind]
    await this.#linkOf(filter).command(command, filter.name)
  }

  receive(kind: ChannelFilter['kind'], name: string, channel: string, payload: Buffer): void {
    const receivers = this.#receivers[kind].get(name)
    if (!receivers) return
    for (const receiver of receivers) receiver(channel, payload)
  }

  /** Whether it was the last one. */
  #remove({ kind, name }: ChannelFilter, receiver: Receiver): boolean {
    const receivers = this.#receivers[kind].get(name)
    if (!receivers?.delete(receiver) || receivers.size > 0) return false
    this.#receivers[kind].delete(name)
    return true
  }
}

function newTable(): Map<string, Set<Receiver>> {
  return new Map()
}

import type { Delivery, DeliveryListener } from '@botbus/core'

interface Member {
  readonly listener: DeliveryListener
  readonly limit: number
  /** Deliveries under way, by their number. */
  readonly unacknowledged: Map<number, Delivery>
}

/**
 * The messages that a broker keeps for one group and pattern: in order, each with one member at a time, until that member
 * acknowledged it. It outlives its members and their links.
 */
export class DurableGroup {
  readonly pattern: string
  /** By number; a message that comes back takes its old place. */
  readonly #waiting = new Map<number, Delivery>()
  /** In the order of whose turn it is. */
  readonly #members = new Set<Member>()
  #nextNumber = 1
  #isPaused = false

  constructor(pattern: string) {
    this.pattern = pattern
  }

  push(delivery: Delivery): void {
    this.#waiting.set(this.#nextNumber++, delivery)
    this.#hand()
  }

  /** Returns the function that takes the member out again; what it had not acknowledged goes to others. */
  join(listener: DeliveryListener, limit: number): () => void {
    const member = { listener, limit, unacknowledged: new Map<number, Delivery>() }
    this.#members.add(member)
    this.#hand()
    return () => {
      this.#members.delete(member)
      this.#takeBack(member)
    }
  }

  /** The links of all members broke. */
  pause(): void {
    this.#isPaused = true
    for (const member of this.#members) this.#takeBack(member)
  }

  /** They are members again. */
  resume(): void {
    this.#isPaused = false
    this.#hand()
  }

  #takeBack({ unacknowledged }: Member): void {
    const all = [...unacknowledged, ...this.#waiting].sort(([one], [other]) => one - other)
    unacknowledged.clear()
    this.#waiting.clear()
    for (const [number, delivery] of all) this.#waiting.set(number, delivery)
    this.#hand()
  }

  #hand(): void {
    queueMicrotask(() => {
      if (this.#isPaused) return
      for (const [number, delivery] of this.#waiting) {
        const member = [...this.#members].find(({ unacknowledged, limit }) => unacknowledged.size < limit)
        if (!member) return
        this.#members.delete(member)
        this.#members.add(member)
        this.#waiting.delete(number)
        member.unacknowledged.set(number, delivery)
        void this.#deliver(member, number, delivery)
      }
    })
  }

  async #deliver({ listener, unacknowledged }: Member, number: number, delivery: Delivery): Promise<void> {
    try {
      await listener(delivery)
    } catch {
      return // it stays ours, and comes again when the link breaks or the member leaves
    }
    // Taken back meanwhile: another member has it.
    if (unacknowledged.get(number) === delivery && unacknowledged.delete(number)) this.#hand()
  }
}

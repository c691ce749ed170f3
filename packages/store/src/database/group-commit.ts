import { BotbusError } from '@botbus/core'
import { sql } from 'kysely'
import type { Engine, Writing } from './engine.ts'

/** A group is no larger, so that other work of the process gets its turn in between. */
const LARGEST = 256

/**
 * Does the writes of one kind that a group holds, in their order; answers each with what came of it, or the error to reject it with.
 * One that is answered with an error must have changed nothing.
 */
export type Batch<Input, Output> = (
  transaction: Writing,
  inputs: readonly Input[],
) => Promise<readonly (Output | BotbusError)[]>

interface Write {
  readonly batch: Batch<unknown, unknown>
  readonly input: unknown
  readonly settle: (outcome: unknown) => void
}

/**
 * Writes that are asked for in one turn share one transaction, and so one wait for the disk; while it is under way, the next gather.
 * A write that the database refuses fails alone: the others of its group are done again without it.
 */
export class GroupCommit {
  readonly #engine: Engine
  #queue: Write[] = []
  #isRunning = false

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Resolves once it is on disk. */
  write<Input, Output>(batch: Batch<Input, Output>, input: Input): Promise<Output> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: unknown): void => {
        if (BotbusError.is(outcome)) reject(outcome)
        else resolve(outcome as Output)
      }
      this.#queue.push({ batch: batch as Batch<unknown, unknown>, input, settle })
      if (this.#isRunning) return
      this.#isRunning = true
      setImmediate(() => void this.#run())
    })
  }

  /** Never rejects: each group settles its own writes. */
  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#commit(this.#queue.splice(0, LARGEST))
      if (this.#queue.length > 0) await new Promise<void>((resolve) => setImmediate(resolve))
    }
    this.#isRunning = false
  }

  async #commit(group: readonly Write[]): Promise<void> {
    const outcomes = await this.#transact((transaction) => together(transaction, group)).catch((error: BotbusError) => {
      // Of a connection that broke nobody knows what it had committed, so nothing is done twice.
      if (group.length === 1 || error.code !== 'INTERNAL') return group.map(() => error)
      return this.#transact((transaction) => this.#oneByOne(transaction, group)).catch((again: BotbusError) =>
        group.map(() => again),
      )
    })
    for (const [index, { settle }] of group.entries()) settle(outcomes[index])
  }

  async #transact(work: (transaction: Writing) => Promise<readonly unknown[]>): Promise<readonly unknown[]> {
    const { writer, lock, toError } = this.#engine
    try {
      return await writer.transaction().execute(async (transaction) => {
        await lock(transaction)
        return work(transaction)
      })
    } catch (error) {
      throw toError(error)
    }
  }

  async #oneByOne(transaction: Writing, group: readonly Write[]): Promise<readonly unknown[]> {
    const outcomes: unknown[] = []
    for (const { batch, input } of group) {
      await sql`savepoint one`.execute(transaction)
      try {
        outcomes.push(...(await batch(transaction, [input])))
      } catch (thrown) {
        const error = this.#engine.toError(thrown)
        if (error.code !== 'INTERNAL') throw error
        await sql`rollback to savepoint one`.execute(transaction)
        outcomes.push(error)
      }
      await sql`release savepoint one`.execute(transaction)
    }
    return outcomes
  }
}

/** Neighbours of one kind go to the database at once. */
async function together(transaction: Writing, group: readonly Write[]): Promise<readonly unknown[]> {
  const outcomes: unknown[] = []
  for (let start = 0; start < group.length; start = outcomes.length) {
    const batch = group[start]?.batch
    if (!batch) break
    let end = start + 1
    while (group[end]?.batch === batch) end++
    const inputs = group.slice(start, end).map(({ input }) => input)
    outcomes.push(...(await batch(transaction, inputs)))
  }
  return outcomes
}

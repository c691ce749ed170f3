import { BotbusError } from '@botbus/core'
import type { Database, Engine } from './engine.ts'
import { type Batch, GroupCommit } from './group-commit.ts'

/** The way to the database for one holder, be it a plugin or the whole store. */
export interface Access {
  read<Result>(query: (database: Database) => Promise<Result>): Promise<Result>
  /** Resolves once it is on disk. */
  write<Input, Output>(batch: Batch<Input, Output>, input: Input): Promise<Output>
}

export function accessTo(engine: Engine, isReadOnly: boolean): Access {
  const commits = new GroupCommit(engine)
  return {
    async read(query) {
      try {
        return await query(engine.reader)
      } catch (error) {
        throw engine.toError(error)
      }
    },
    async write(batch, input) {
      if (isReadOnly) throw new BotbusError('UNSUPPORTED', 'the store was opened to be read only')
      return commits.write(batch, input)
    },
  }
}

/** An access that can be closed without closing what it leads to. */
export class Scope implements Access {
  readonly #access: Access
  readonly #name: string
  readonly #underway = new Set<Promise<unknown>>()
  #isClosed = false

  constructor(access: Access, name: string) {
    this.#access = access
    this.#name = name
  }

  async read<Result>(query: (database: Database) => Promise<Result>): Promise<Result> {
    this.#assertOpen()
    return this.#follow(this.#access.read(query))
  }

  async write<Input, Output>(batch: Batch<Input, Output>, input: Input): Promise<Output> {
    this.#assertOpen()
    return this.#follow(this.#access.write(batch, input))
  }

  /** Resolves when all that is under way has ended, well or not. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#underway)
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new BotbusError('CLOSED', `${this.#name} is closed`)
  }

  async #follow<Result>(promise: Promise<Result>): Promise<Result> {
    this.#underway.add(promise)
    try {
      return await promise
    } finally {
      this.#underway.delete(promise)
    }
  }
}

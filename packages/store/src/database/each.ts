import { BotbusError } from '@botbus/core'
import type { Writing } from './engine.ts'
import type { Batch } from './group-commit.ts'

/** A batch that does one after the other. `work` may throw a `BotbusError` before it changes anything: that write is rejected, and no other. */
export function each<Input, Output>(
  work: (transaction: Writing, input: Input) => Promise<Output>,
): Batch<Input, Output> {
  return async (transaction, inputs) => {
    const outcomes: (Output | BotbusError)[] = []
    for (const input of inputs) {
      try {
        outcomes.push(await work(transaction, input))
      } catch (error) {
        if (!BotbusError.is(error)) throw error
        outcomes.push(error)
      }
    }
    return outcomes
  }
}

import type { Schema } from '../src/contract.ts'

type Result = Awaited<ReturnType<Schema['~standard']['validate']>>

/** A schema made of one function, without a schema library. */
export function schema(validate: (value: unknown) => Result | Promise<Result>): Schema {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

export const anything: Schema = schema((value) => ({ value }))

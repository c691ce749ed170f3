import type { Schema } from '@botbus/core'

/** A schema without a library: takes what `accepts` returns true for. */
function schema<Value>(name: string, accepts: (value: unknown) => value is Value): Schema & Typed<Value> {
  return {
    '~standard': {
      version: 1,
      vendor: 'botbus-conformance',
      validate: (value: unknown) => (accepts(value) ? { value } : { issues: [{ message: `expected ${name}` }] }),
    },
  } as Schema & Typed<Value>
}

interface Typed<Value> {
  readonly '~standard': { readonly types?: { readonly input: Value; readonly output: Value } | undefined }
}

export const text: Schema & Typed<string> = schema('a text', (value) => typeof value === 'string')
export const amount: Schema & Typed<{ amount: number }> = schema(
  'an amount',
  (value): value is { amount: number } => typeof (value as { amount?: unknown } | null)?.amount === 'number',
)

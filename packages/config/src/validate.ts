import { BotbusError } from '@botbus/core'
import { z } from 'zod'
import { withoutCredentials } from './broker-url.ts'
import { closest } from './closest.ts'
import { layerSchema, schemaAt } from './schema.ts'

export type Section = Readonly<Record<string, unknown>>

/** Keys whose values are never shown. */
const SECRET = /password$/i

/**
 * Checks a layer against the schema and returns it as it is. Throws `INVALID_ARGUMENT` with every wrong key, what was
 * found and what is accepted. `source` names the layer, `label` a key in it.
 */
export function validate(layer: unknown, source: string, label: (path: string) => string = (path) => path): Section {
  const result = layerSchema.safeParse(layer)
  if (result.success) return layer as Section
  const lines = result.error.issues.flatMap((issue) => describeIssue(issue, layer, label))
  throw new BotbusError('INVALID_ARGUMENT', [`${source} cannot be used:`, ...lines].join('\n  '))
}

function describeIssue(issue: z.core.$ZodIssue, layer: unknown, label: (path: string) => string): string[] {
  const schema = schemaAt(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
    return issue.keys.map((key) => {
      const near = closest(key, known)
      const hint = near === undefined ? '' : `did you mean "${near}"? `
      return `${label([...issue.path, key].join('.'))}: unknown key; ${hint}accepted: ${known.join(', ')}`
    })
  }
  const found = `found ${show(valueAt(layer, issue.path), issue.path)}`
  const reason =
    issue.code === 'custom' ? issue.message : `accepted: ${z.globalRegistry.get(schema)?.description ?? issue.message}`
  const name = label(issue.path.join('.'))
  return [`${name ? `${name}: ` : ''}${found}; ${reason}`]
}

function valueAt(layer: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], layer)
}

function show(value: unknown, path: readonly PropertyKey[]): string {
  if (path.some((key) => SECRET.test(String(key)))) return 'a value that is not shown here'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a section'
  if (typeof value !== 'string') return String(value)
  const safe = withoutCredentials(value)
  return JSON.stringify(safe.length > 80 ? `${safe.slice(0, 80)}...` : safe)
}

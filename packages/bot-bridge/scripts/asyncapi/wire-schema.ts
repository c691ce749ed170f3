import { z } from 'zod'
import * as messages from '../../src/contract/messages.ts'
import { READERS } from './readers.ts'

export type JsonSchema = z.core.JSONSchema.BaseSchema

/** 2020-12 for the files under `docs/schemas`; draft-07 is what AsyncAPI 3 embeds. */
export type Draft = 'draft-2020-12' | 'draft-07'

const definitions = z.registry<{ id: string }>()
for (const [schema, { id }] of READERS) definitions.add(schema, { id })
definitions.add(messages.performance, { id: 'performance' })

const controllerReport: z.core.$ZodType = messages.performanceReport.valueType

/** What the wire accepts where `schema` reads: the JSON Schema of its input. */
export function wireSchema(schema: z.ZodType, target: Draft): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    target,
    metadata: definitions,
    // NaN and Infinity, inside of a reader that is described as a whole.
    unrepresentable: ({ zodSchema }) => (['nan', 'literal'].includes(zodSchema._zod.def.type) ? 'any' : 'throw'),
    override: ({ zodSchema, jsonSchema }) => describe(zodSchema, jsonSchema),
  })
  return withoutUnused(json as JsonSchema)
}

function describe(schema: z.core.$ZodType, json: JsonSchema): void {
  const reader = READERS.get(schema)
  if (reader) {
    const { id: _, ...description } = reader
    replace(json, description)
  } else if (schema instanceof z.ZodPipe) {
    restrict(json, schema.out)
  } else if (schema instanceof z.ZodDefault) {
    beside(json, { default: schema.def.defaultValue as JsonSchema['default'] })
  } else if (schema instanceof z.ZodRecord) {
    delete json.propertyNames
  }
  if (isAnything(json.additionalProperties)) delete json.additionalProperties
  if (schema === controllerReport) distinguish(json)
}

/** A pipe is described by what goes in; the bounds of what comes out of a number hold too. */
function restrict(json: JsonSchema, out: z.core.$ZodType): void {
  if (!(out instanceof z.ZodNumber)) return
  const { minimum, maximum } = z.toJSONSchema(out)
  if (minimum !== undefined) beside(json, { minimum })
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) beside(json, { maximum })
}

/** The report of a controller has two shapes, told apart by two fields. */
function distinguish(json: JsonSchema): void {
  const shape = { ...json }
  replace(json, {
    type: 'object',
    if: { anyOf: [{ required: ['performance'] }, { required: ['custom_info'] }] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: shape,
    else: { ...(shape.properties?.['performance'] as JsonSchema) },
  })
}

/** Adds keywords. Up to draft-07 those beside a `$ref` are ignored, hence `allOf`. */
export function beside(json: JsonSchema, keywords: JsonSchema): void {
  if (json.$ref !== undefined) {
    json.allOf = [{ $ref: json.$ref }]
    delete json.$ref
  }
  Object.assign(json, keywords)
}

function replace(json: JsonSchema, replacement: JsonSchema): void {
  for (const key of Object.keys(json)) delete json[key]
  Object.assign(json, replacement)
}

function isAnything(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && Object.keys(schema).length === 0
}

/** Without the definitions that nothing refers to. */
function withoutUnused(json: JsonSchema): JsonSchema {
  const key = json.$defs ? '$defs' : 'definitions'
  const { [key]: all = {}, ...root } = json as { [key: string]: Record<string, JsonSchema> }
  const used: Record<string, JsonSchema> = {}
  const collect = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/(?:\$defs|definitions)\/(\w+)"/g)) {
      if (name === undefined || name in used) continue
      used[name] = all[name] as JsonSchema
      collect(used[name])
    }
  }
  collect(root)
  return isAnything(used) ? root : { ...root, [key]: used }
}

import { bridgeSettings, isBotId } from '@botbus/bridge'
import { z } from 'zod'
import { brokerUrlProblem } from './broker-url.ts'
import { storeUrlProblem } from './store-section.ts'

/*
 * The schema of one layer (a file, the environment, the caller's overrides): every value may be missing, no key may be
 * unknown. `description` says what is accepted, in the words of an error message.
 */

const TEXT = 'a text (in quotes where it looks like a number)'

const text = z.string().min(1).describe(TEXT)
const path = z.string().min(1).describe('the path of a file')
const flag = z.union([z.boolean(), z.stringbool()]).describe('true or false')
const port = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .pipe(z.int().min(1).max(65_535))
  .describe('a whole number from 1 to 65535')

const httpPort = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .pipe(z.int().min(0).max(65_535))
  .describe('a whole number from 0 to 65535, where 0 takes a free port')

const list = z
  .union([z.array(text), text.transform((joined) => joined.split(',').map((member) => member.trim()))])
  .describe('a list of texts; in the environment separated by commas')

const url = z.string().check((context) => {
  const message = brokerUrlProblem(context.value)
  if (message) context.issues.push({ code: 'custom', message, input: context.value })
})

const tls = z.strictObject({
  ca: path.optional(),
  cert: path.optional(),
  key: path.optional(),
  servername: text.optional(),
  insecureSkipVerify: flag.optional(),
})

const broker = z.strictObject({
  url: url.describe('a broker URL').optional(),
  username: text.optional(),
  password: text.optional(),
  passwordFile: path.optional(),
  clientId: text.optional(),
  tls: tls.describe(`a section of ${Object.keys(tls.shape).join(', ')}`).optional(),
})

const ID = '1 to 128 characters without "/", "+", "#" and spaces'
const id = z.string().refine(isBotId, `accepted: ${ID}`).describe(ID)

const httpTls = z.strictObject({ cert: path.optional(), key: path.optional(), clientCa: path.optional() })

const http = z.strictObject({
  host: text.describe('an address of this machine, such as 127.0.0.1').optional(),
  port: httpPort.optional(),
  hosts: list.optional(),
  behindProxy: list.optional(),
  tls: httpTls.describe(`a section of ${Object.keys(httpTls.shape).join(', ')}`).optional(),
})

const storeUrl = z.string().check((context) => {
  const message = storeUrlProblem(context.value)
  if (message) context.issues.push({ code: 'custom', message, input: context.value })
})

const store = z.strictObject({
  url: storeUrl.describe('the URL of a store').optional(),
  username: text.optional(),
  password: text.optional(),
  passwordFile: path.optional(),
})

const PLUGINS = 'a section with the name, package or path of each plugin, and its own section'
const plugins = z.record(z.string(), z.unknown()).describe(PLUGINS)

const { shape } = bridgeSettings.out
const defaults: Readonly<Record<string, unknown>> = bridgeSettings.parse({})

const bridge = z.strictObject({
  id: id.optional(),
  ...Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, describeSwitch(name, schema).optional()])),
})

const layer = z.strictObject({
  broker: broker.describe(`a broker URL, or a section of ${Object.keys(broker.shape).join(', ')}`).optional(),
  port: port.optional(),
  bridge: bridge.describe(`a section of ${Object.keys(bridge.shape).join(', ')}`).optional(),
  hummingbot: path.optional(),
  replyPrefixes: list.optional(),
  http: http.describe(`a section of ${Object.keys(http.shape).join(', ')}`).optional(),
  store: store.describe(`the URL of a store, or a section of ${Object.keys(store.shape).join(', ')}`).optional(),
  plugins: plugins.optional(),
})

export const layerSchema: z.ZodObject = layer.describe(`a section of ${Object.keys(layer.shape).join(', ')}`)

/** The path of every value. What is in `plugins` belongs to the plugins. */
export const LEAVES: ReadonlyMap<string, readonly string[]> = new Map(
  leavesOf(layerSchema, [])
    .filter(([first]) => first !== 'plugins')
    .map((path) => [path.join('.'), path]),
)

/** What is accepted at `path`: of the value there, or of the nearest section above it. */
export function schemaAt(path: readonly PropertyKey[]): z.core.$ZodType {
  let schema: z.core.$ZodType = layerSchema
  for (const key of path) {
    const inner: z.core.$ZodType = unwrap(schema)
    const next = inner instanceof z.ZodObject ? inner.shape[String(key)] : undefined
    if (!next) break
    schema = next
  }
  return unwrap(schema)
}

function leavesOf(section: z.ZodObject, path: readonly string[]): (readonly string[])[] {
  return Object.entries(section.shape).flatMap(([key, value]) => {
    const schema = unwrap(value)
    return schema instanceof z.ZodObject ? leavesOf(schema, [...path, key]) : [[...path, key]]
  })
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema
}

function describeSwitch(name: string, schema: z.ZodType): z.ZodType {
  if (name === 'port') return schema.describe('a whole number from 1 to 65535')
  if (name === 'namespace') return schema.describe('topic levels joined by "/", without "+", "#" and spaces')
  return schema.describe(typeof defaults[name] === 'boolean' ? 'true or false' : TEXT)
}

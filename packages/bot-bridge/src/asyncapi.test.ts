import { readdirSync, readFileSync } from 'node:fs'
import { Parser } from '@asyncapi/parser'
import { DEFAULT_LIMITS, decodeJson } from '@botbus/core'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { REQUEST_HEADER, RESPONSE_HEADER } from '../scripts/asyncapi/envelope.ts'
import { generatedFiles } from '../scripts/asyncapi/files.ts'
import { botContract } from './contract/contract.ts'

const root = new URL('../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const files = generatedFiles()
const document = 'docs/asyncapi/asyncapi.yaml'
/** Of the parser: 0 error, 1 warning, 2 information (that AsyncAPI 3.1 exists), 3 hint. */
const WARNING = 1

/** Like core's codec, ajv takes the NaN that Python writes for a number here. */
const ajv = new Ajv2020({ strictNumbers: false, strictTypes: false })

function validator(name: string): ValidateFunction {
  return (
    ajv.getSchema(name) ??
    ajv.addSchema(JSON.parse(read(`docs/schemas/${name}.json`)), name).getSchema(name) ??
    fail(name)
  )
}

function fail(name: string): never {
  throw new Error(`there is no schema ${name}`)
}

function expectValid(name: string, value: unknown): void {
  const validate = validator(name)
  expect(validate(value), `${name}: ${JSON.stringify(value)}: ${ajv.errorsText(validate.errors)}`).toBe(true)
}

describe('the generated documents', () => {
  it.each([...files.keys()])('%s is what the contract says now', (path) => {
    expect(read(path), 'run: pnpm docs:asyncapi').toBe(files.get(path))
  })

  it('has a schema for each request, response and message, and no file too many', () => {
    const { commands, channels } = botContract()
    const schemas = [...files.keys()].filter((path) => path.startsWith('docs/schemas/'))
    expect(schemas).toHaveLength(2 * Object.keys(commands).length + Object.keys(channels).length)
    expect(readdirSync(new URL('docs/schemas', root)).map((name) => `docs/schemas/${name}`)).toEqual(schemas.toSorted())
  })
})

describe('the AsyncAPI document', () => {
  it('is valid, without a warning', async () => {
    const { document: parsed, diagnostics } = await new Parser().parse(read(document))
    const found = diagnostics.filter(({ severity }) => severity <= WARNING)
    expect(found.map(({ code, message, path }) => `${code} at ${path.join('.')}: ${message}`)).toEqual([])
    expect(parsed?.operations().length).toBe(16)
  })

  it('says for each command where its answer goes', async () => {
    const { document: parsed } = await new Parser().parse(read(document))
    const received = parsed?.operations().filterByReceive() ?? []
    const replies = received.filter((operation) => operation.reply() !== undefined)
    expect(replies.map((operation) => operation.id())).toEqual(Object.keys(botContract().commands))
    for (const operation of replies) {
      expect(operation.reply()?.address()?.location()).toBe('$message.payload#/header/reply_to')
      expect(
        operation
          .reply()
          ?.messages()
          .map((message) => message.id()),
      ).toEqual([`${operation.id()}Response`])
    }
  })
})

type Captured =
  | { kind: 'message'; topic: string; payload: string }
  | { kind: 'call'; command: string; case: string | null; request: object | null; reply: string | null }

const captured = read('packages/bot-bridge/fixtures/hummingbot-wire.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Captured)
const decode = (text: string): unknown => decodeJson(Buffer.from(text), DEFAULT_LIMITS)

describe('the JSON Schemas', () => {
  const messages = captured.filter((line) => line.kind === 'message').filter((line) => line.topic.startsWith('hbot/'))
  const calls = captured.filter((line) => line.kind === 'call')

  it.each(messages)('accept the captured message on $topic: $payload', ({ topic, payload }) => {
    expectValid(`${topic.replace('hbot/testbot/', '')}.message`, decode(payload))
  })

  it.each(calls.filter((call) => call.request !== null))(
    'accept the captured request to $command: $request',
    (call) => {
      expectValid(`${call.command.replace('/', '-')}.request`, call.request)
    },
  )

  it.each(calls.filter((call) => call.reply !== null))('accept the captured answer of $command: $reply', (call) => {
    const { data } = decode(call.reply as string) as { data: unknown }
    expectValid(`${call.command.replace('/', '-')}.response`, data)
  })
})

describe('the schemas of the envelope', () => {
  const headers = captured
    .map((line) => (line.kind === 'message' ? line.payload : line.reply))
    .filter((payload) => payload?.includes('"header"'))
    .map((payload) => (decode(payload as string) as { header: { reply_to: string } }).header)

  it.each([
    { kind: 'requests', schema: REQUEST_HEADER, found: headers.filter((header) => header.reply_to !== '') },
    { kind: 'answers', schema: RESPONSE_HEADER, found: headers.filter((header) => header.reply_to === '') },
  ])('accept the headers of all captured $kind', ({ schema, found }) => {
    expect(found).not.toHaveLength(0)
    const validate = ajv.compile(schema)
    for (const header of found) expect(validate(header), ajv.errorsText(validate.errors)).toBe(true)
  })
})

describe('a request schema and the reader of the bridge', () => {
  const values: unknown[] = [
    ...[
      null,
      true,
      false,
      0,
      1,
      2,
      -1,
      1.5,
      33,
      1e300,
      [],
      {},
      [[]],
      [['key']],
      [['key', 1]],
      [['', 1]],
      [['key', 1, 2]],
    ],
    ...['', 'x', '1', '-1.5', ' 2 ', '1e3', '1.', '.5', 'True', 'off', 'maybe', 'NaN', '0x10'],
  ]
  /** JSON Schema has no bounds for text, and its integers may not be written with an exponent. */
  const UNEQUAL = new Set(['history.days -1.5', 'history.precision -1.5', 'history.precision "1e3"'])

  const cases = Object.values(botContract().commands).map(({ address, request }) => ({
    name: address.replace('hbot/{bot}/', '').replace('/', '-'),
    request: request as z.ZodObject,
  }))

  it.each(cases)('agree about every field of $name', ({ name, request }) => {
    const complete = { strategy: 'x', exchange: 'x', asset: 'x', amount: 1, params: [] }
    const validate = validator(`${name}.request`)
    for (const field of Object.keys(request.shape)) {
      for (const value of values) {
        const data = { ...complete, [field]: value }
        const what = `${name}.${field} ${JSON.stringify(value)}`
        if (!UNEQUAL.has(what.replaceAll('"-1.5"', '-1.5')))
          expect(validate(data), what).toBe(request.safeParse(data).success)
      }
    }
  })

  it.each(cases)('agree about which fields of $name are required', ({ name, request }) => {
    expect(validator(`${name}.request`)({})).toBe(request.safeParse({}).success)
  })
})

import type { StandardSchemaV1 } from '@standard-schema/spec'
import { ANSWER_CODES, BotbusError } from './errors.ts'

/** Any schema of a library that implements Standard Schema: zod, valibot, arktype, ... */
export type Schema = StandardSchemaV1

/** What the sender writes. */
export type Input<S> = S extends Schema ? StandardSchemaV1.InferInput<S> : unknown
/** What the receiver reads, after defaults and conversions. */
export type Output<S> = S extends Schema ? StandardSchemaV1.InferOutput<S> : unknown

/** A typed remote procedure. The sender checks against its schemas, the receiver parses with them. */
export interface RpcContract<
  Address extends string = string,
  Request extends Schema = Schema,
  Response extends Schema = Schema,
  Errors extends Readonly<Record<string, Schema>> = Readonly<Record<string, Schema>>,
> {
  readonly kind: 'rpc'
  /** A topic whose `{name}` levels are parameters: `hbot/{bot}/status`. */
  readonly address: Address
  readonly request: Request
  readonly response: Response
  /** The data of the errors that a handler may declare with `throw context.error(code, data)`, by code. */
  readonly errors: Errors
}

/** A typed stream of messages. */
export interface ChannelContract<Topic extends string = string, Message extends Schema = Schema> {
  readonly kind: 'channel'
  /** A topic whose `{name}` levels are parameters; `{name...}`, last, takes the rest. */
  readonly topic: Topic
  readonly message: Message
}

/** Throws `INVALID_ARGUMENT` when an error is declared under a code that the bus itself answers with. */
export function defineRpc<
  const Address extends string,
  Request extends Schema,
  Response extends Schema,
  const Errors extends Readonly<Record<string, Schema>> = Record<never, never>,
>(definition: {
  address: Address
  request: Request
  response: Response
  errors?: Errors
}): RpcContract<Address, Request, Response, Errors> {
  const errors = definition.errors ?? ({} as Errors)
  const reserved = ANSWER_CODES.find((code) => Object.hasOwn(errors, code))
  if (reserved) throw new BotbusError('INVALID_ARGUMENT', `${definition.address}: the error code ${reserved} is taken`)
  return { kind: 'rpc', ...definition, errors }
}

/** The schema of the data of a declared error, if that code is declared. */
export function declaredSchema(contract: RpcContract | undefined, code: string): Schema | undefined {
  return contract && Object.hasOwn(contract.errors, code) ? contract.errors[code] : undefined
}

export function defineChannel<const Topic extends string, Message extends Schema>(definition: {
  topic: Topic
  message: Message
}): ChannelContract<Topic, Message> {
  return { kind: 'channel', ...definition }
}

/**
 * Parses `value`, without a promise unless the schema is asynchronous. Fails with `code` and the
 * path and reason of each issue, as in `request is invalid: params.0.1: expected string`.
 */
export function parse<S extends Schema>(
  schema: S,
  value: unknown,
  what: string,
  code: 'INVALID_ARGUMENT' | 'INVALID_PAYLOAD',
): Output<S> | Promise<Output<S>> {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) return result.then((settled) => unwrap(settled, what, code) as Output<S>)
  return unwrap(result, what, code) as Output<S>
}

/** Whoever sent the value decides how much is wrong with it. */
const MAX_REASONS = 20

function unwrap(
  result: StandardSchemaV1.Result<unknown>,
  what: string,
  code: 'INVALID_ARGUMENT' | 'INVALID_PAYLOAD',
): unknown {
  if (!result.issues) return result.value
  const reasons = result.issues.slice(0, MAX_REASONS).map((issue) => {
    const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
    return path === '' ? issue.message : `${path}: ${issue.message}`
  })
  const more = result.issues.length - reasons.length
  if (more > 0) reasons.push(`and ${more} more`)
  throw new BotbusError(code, `${what} is invalid: ${reasons.join('; ')}`, { cause: result.issues })
}

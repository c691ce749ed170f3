import type { z } from 'zod'
import { botContract, type ChannelName, type CommandName } from '../../src/contract/contract.ts'
import * as messages from '../../src/contract/messages.ts'
import * as requests from '../../src/contract/requests.ts'
import * as responses from '../../src/contract/responses.ts'
import { DocComments } from './doc-comments.ts'
import { beside, type Draft, type JsonSchema, wireSchema } from './wire-schema.ts'

const contract = botContract('{namespace}')

/** One kind of payload: the `data` of a request or response, or a whole message of a channel. */
export interface ContractMessage {
  readonly kind: 'request' | 'response' | 'message'
  readonly of: CommandName | ChannelName
  /** Where it travels (a response: where its request does), with AsyncAPI's `{parameter}`. */
  readonly address: string
  /** What follows the bot in its address: `balance/limit`. */
  readonly suffix: string
  readonly schema: (draft: Draft) => JsonSchema
}

const sources = {
  request: { schemas: requests, comments: new DocComments(new URL('../../src/contract/requests.ts', import.meta.url)) },
  response: {
    schemas: responses,
    comments: new DocComments(new URL('../../src/contract/responses.ts', import.meta.url)),
  },
  message: { schemas: messages, comments: new DocComments(new URL('../../src/contract/messages.ts', import.meta.url)) },
}

/** Everything that the contract puts on the wire. */
export const CONTRACT_MESSAGES: readonly ContractMessage[] = [
  ...Object.entries(contract.commands).flatMap(([name, { address, request, response }]) => [
    contractMessage('request', name as CommandName, address, request),
    contractMessage('response', name as CommandName, address, response),
  ]),
  ...Object.entries(contract.channels).map(([name, { topic, message }]) =>
    contractMessage('message', name as ChannelName, topic, message),
  ),
]

function contractMessage(
  kind: ContractMessage['kind'],
  of: ContractMessage['of'],
  template: string,
  schema: z.ZodType,
): ContractMessage {
  const address = template.replace('...}', '}')
  const suffix = address.replace('{namespace}/{bot}/', '')
  return { kind, of, address, suffix, schema: (draft) => describedSchema(kind, suffix, schema, draft) }
}

function describedSchema(kind: ContractMessage['kind'], suffix: string, schema: z.ZodType, draft: Draft): JsonSchema {
  const { schemas, comments } = sources[kind]
  const constant = Object.entries(schemas).find(([, candidate]) => candidate === schema)?.[0] ?? ''
  const { $schema, ...json } = wireSchema(schema, draft)
  for (const [name, field] of Object.entries(json.properties ?? {})) {
    const description = comments.ofField(constant, name)
    if (description !== undefined) beside(field as JsonSchema, { description })
  }
  const description = comments.ofConstant(constant)
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: `${kind === 'message' ? 'Message on' : `${kind === 'request' ? 'Request to' : 'Answer of'}`} ${suffix}`,
    ...(description === undefined ? {} : { description }),
    ...json,
  }
}

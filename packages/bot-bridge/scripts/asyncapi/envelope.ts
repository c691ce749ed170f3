import type { JsonSchema } from './wire-schema.ts'

/*
 * The envelope of requests and responses on MQTT, as `packages/core/src/envelope.ts` reads and writes it. Peers ignore
 * header fields that they do not know.
 */

const text: JsonSchema = { type: ['string', 'null'] }
const common: Record<string, JsonSchema> = {
  timestamp: {
    type: ['integer', 'null'],
    description: 'When it was sent: milliseconds, commlib-py 0.12 and later nanoseconds, since 1970.',
  },
  content_type: { ...text, description: '`json`' },
  encoding: { ...text, description: '`utf8`' },
  agent: { ...text, description: 'The library that wrote it: `commlib`, `botbus`, ...' },
  properties: { type: 'object', description: 'Headers of the application and of tracing: text by name.' },
}

export const REQUEST_HEADER: JsonSchema = {
  title: 'Header of a request',
  type: 'object',
  required: ['reply_to'],
  properties: {
    reply_to: {
      type: 'string',
      description:
        'The topic of the answer: one of its own for each call, as answers carry no correlation id. Without `.`, without ' +
        'wildcards, and no command or channel of any bot. Empty: nobody waits; bots before v2.15 drop the request then.',
    },
    ...common,
    deadline: {
      type: 'number',
      description: 'Milliseconds since 1970, after which a Botbus bot does not run the command any more.',
    },
    idempotency_key: { type: 'string', description: 'A Botbus bot runs requests with one key once.' },
  },
}

export const RESPONSE_HEADER: JsonSchema = {
  title: 'Header of an answer',
  type: 'object',
  properties: { reply_to: { type: 'string', description: 'Empty.' }, ...common },
}

export function envelope(header: JsonSchema, data: JsonSchema): JsonSchema {
  return { type: 'object', required: ['header', 'data'], properties: { header, data } }
}

import type { ChannelName, CommandName } from '../../src/contract/contract.ts'
import { CONTRACT_MESSAGES, type ContractMessage } from './contract-messages.ts'
import { envelope, REQUEST_HEADER, RESPONSE_HEADER } from './envelope.ts'
import { examplesOf } from './examples.ts'
import { INFO, PARAMETERS, SECURITY_SCHEMES, SERVERS, SUMMARIES } from './texts.ts'
import type { JsonSchema } from './wire-schema.ts'

type Node = Record<string, unknown>

const ref = (path: string): { $ref: string } => ({ $ref: `#/${path}` })
const byName = (entries: [string, unknown][]): Node => Object.fromEntries(entries)
const isChannel = (message: ContractMessage): boolean => message.kind === 'message'
const isResponse = (message: ContractMessage): boolean => message.kind === 'response'

/** `startRequest`, `startResponse`, `logMessage`. */
function idOf({ of, kind }: ContractMessage): string {
  return `${of}${kind[0]?.toUpperCase()}${kind.slice(1)}`
}

/** The AsyncAPI 3 document of one bot: it receives commands and external events, and sends the rest. */
export function asyncApiDocument(version: string): Node {
  const addressed = CONTRACT_MESSAGES.filter((message) => !isResponse(message))
  return {
    asyncapi: '3.0.0',
    info: { ...INFO, version },
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels: {
      ...byName(addressed.map((message) => [message.of, channel(message)])),
      reply: {
        address: null,
        title: 'Answers',
        description: 'Wherever `header.reply_to` of the request points.',
        messages: byName(CONTRACT_MESSAGES.filter(isResponse).map((message) => [idOf(message), component(message)])),
      },
    },
    operations: byName(addressed.map((message) => [message.of, operation(message)])),
    components: {
      parameters: PARAMETERS,
      securitySchemes: SECURITY_SCHEMES,
      messages: byName(CONTRACT_MESSAGES.map((message) => [idOf(message), messageObject(message)])),
      schemas: schemas(),
    },
  }
}

function component(message: ContractMessage): Node {
  return ref(`components/messages/${idOf(message)}`)
}

function channel(message: ContractMessage): Node {
  const names = [...message.address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
  return {
    address: message.address,
    parameters: byName(names.map((name) => [name, ref(`components/parameters/${name}`)])),
    messages: { [idOf(message)]: component(message) },
  }
}

function operation(message: ContractMessage): Node {
  const { of } = message
  const receives = !isChannel(message) || of === ('externalEvent' satisfies ChannelName)
  const messageIn = (place: string, id: string): Node => ref(`channels/${place}/messages/${id}`)
  return {
    action: receives ? 'receive' : 'send',
    title: message.suffix,
    summary: SUMMARIES[of],
    channel: ref(`channels/${of}`),
    messages: [messageIn(of, idOf(message))],
    bindings: { mqtt: { ...(isChannel(message) ? {} : { qos: 1 }), retain: false, bindingVersion: '0.2.0' } },
    ...(isChannel(message) ? {} : { reply: reply(of as CommandName, messageIn) }),
  }
}

function reply(command: CommandName, messageIn: (place: string, id: string) => Node): Node {
  return {
    address: {
      location: '$message.payload#/header/reply_to',
      description: 'The caller chooses it: a topic that no other call uses.',
    },
    channel: ref('channels/reply'),
    messages: [messageIn('reply', `${command}Response`)],
  }
}

function messageObject(message: ContractMessage): Node {
  const data = ref(`components/schemas/${idOf(message)}`)
  const header = ref(`components/schemas/${message.kind}Header`)
  const examples = examplesOf(message)
  return {
    name: idOf(message),
    title: message.schema('draft-07').title,
    payload: isChannel(message) ? data : envelope(header, data),
    ...(examples.length === 0 ? {} : { examples }),
  }
}

/** Every `data`, and what they share under its own name. */
function schemas(): Node {
  const all: Record<string, JsonSchema> = { requestHeader: REQUEST_HEADER, responseHeader: RESPONSE_HEADER }
  for (const message of CONTRACT_MESSAGES) {
    const { $schema: _, definitions = {}, ...schema } = message.schema('draft-07')
    all[idOf(message)] = schema
    Object.assign(all, definitions)
  }
  return JSON.parse(JSON.stringify(all).replaceAll('#/definitions/', '#/components/schemas/')) as Node
}

import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { BotbusError } from '@botbus/core'
import type { Api, Apis } from './protocol.ts'

/*
 * The one place that reaches into kafkajs: its connection (framing, correlation, SASL) and its encoders of the protocol, none of
 * which it exports. It has had no release since 2.2.4; with any other version these paths may mean something else.
 */

const VERSION = '2.2.4'

export interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

interface ProtocolCall<Result> {
  readonly request: object
  readonly response: { decode(data: Buffer): Promise<Result>; parse(decoded: Result): unknown }
}

export interface Versions {
  readonly [apiKey: number]: { readonly minVersion: number; readonly maxVersion: number }
}

export interface InnerConnection {
  readonly requestQueue: RequestQueue
  connect(): Promise<unknown>
  authenticate(): Promise<void>
  setVersions(versions: Versions): void
  setSupportAuthenticationProtocol(isSupported: boolean): void
  send<Result>(call: ProtocolCall<Result>): Promise<Result>
}

interface InnerConnectionOptions {
  readonly host: string
  readonly port: number
  readonly clientId: string
  readonly logger: object
  readonly sasl: { mechanism: string; username: string; password: string } | null
  readonly connectionTimeout: number
  readonly requestTimeout: number
  readonly enforceRequestTimeout: boolean
  socketFactory(options: { onConnect: () => void }): Socket
}

interface Definition {
  readonly versions: readonly string[]
  protocol(choice: { version: number }): (arguments_: unknown) => ProtocolCall<unknown>
}

interface GroupCodec<Value> {
  encode(value: Value): Buffer
  decode(data: Buffer): Value
}

export interface Kafkajs {
  readonly Connection: new (options: InnerConnectionOptions) => InnerConnection
  readonly silent: object
  readonly MemberMetadata: GroupCodec<{ version: number; topics: string[]; userData: Buffer }>
  readonly MemberAssignment: GroupCodec<{ version: number; assignment: Record<string, number[]>; userData: Buffer }>
  /** The protocol's name of an error. */
  errorName(code: number): string
  /** A request in the newest version that both sides know. */
  call<Name extends Api>(api: Name, versions: Versions, arguments_: Apis[Name][0]): ProtocolCall<Apis[Name][1]>
}

let loaded: Kafkajs | undefined

/** Throws `UNSUPPORTED` for another version of kafkajs than the one that this was written for. */
export function loadKafkajs(): Kafkajs {
  loaded ??= load()
  return loaded
}

function load(): Kafkajs {
  const require = createRequire(import.meta.url)
  const { version } = require('kafkajs/package.json') as { version: string }
  if (version !== VERSION) {
    throw new BotbusError('UNSUPPORTED', `kafkajs ${version} is installed; @botbus/kafka needs ${VERSION} exactly`)
  }
  const { requests } = require('kafkajs/src/protocol/requests/index.js') as { requests: Record<Api, Definition> }
  const keys = require('kafkajs/src/protocol/requests/apiKeys.js') as Record<Api, number>
  const { errorCodes } = require('kafkajs/src/protocol/error.js') as { errorCodes: { code: number; type: string }[] }
  const { createLogger } = require('kafkajs/src/loggers/index.js') as {
    createLogger(options: { level: number; logCreator: () => () => void }): object
  }
  const names = new Map(errorCodes.map(({ code, type }) => [code, type]))
  return {
    ...(require('kafkajs/src/consumer/assignerProtocol.js') as Pick<Kafkajs, 'MemberMetadata' | 'MemberAssignment'>),
    Connection: require('kafkajs/src/network/connection.js') as Kafkajs['Connection'],
    silent: createLogger({ level: 0, logCreator: () => () => undefined }),
    errorName: (code) => names.get(code) ?? `error ${code}`,
    call(api, versions, arguments_) {
      const known = Math.max(...requests[api].versions.map(Number))
      const version = api === 'ApiVersions' ? known : Math.min(known, versions[keys[api]]?.maxVersion ?? -1)
      if (version < 0) throw new BotbusError('UNSUPPORTED', `the broker does not know ${api} requests`)
      return requests[api].protocol({ version })(arguments_) as ReturnType<Kafkajs['call']> as never
    },
  }
}

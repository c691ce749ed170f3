import type { Socket } from 'node:net'
import { type Endpoint, openSocket, tlsConnectionOptions } from '@botbus/core/transport-kit'
import { ProtocolFailure } from '../errors.ts'
import { checks, type Settings } from '../options.ts'
import { stopSpinning } from './idle.ts'
import { type InnerConnection, loadKafkajs, type Versions } from './inner.ts'
import type { Api, Apis } from './protocol.ts'

/**
 * One connection to one node, opened once, never repaired. A broker answers the requests of a connection one after the other, so
 * whatever waits at the broker (a fetch, joining a group) has a connection of its own.
 */
export class NodeLink {
  readonly endpoint: Endpoint
  /** Resolves, with what the socket failed with, if it did, when it is down. */
  readonly lost: Promise<Error | undefined>
  #versions: Versions = {}
  #isDown = false
  #reason: Error | undefined
  /** Rejections of the requests that wait. */
  readonly #waiting = new Set<(reason: Error) => void>()
  readonly #socket: Socket
  readonly #timeout: number
  readonly #connection: InnerConnection

  /** Rejects with the native error or with `ProtocolFailure`, and leaves nothing open then. */
  static async open(endpoint: Endpoint, settings: Settings, signal: AbortSignal): Promise<NodeLink> {
    const tls = settings.secure ? tlsConnectionOptions(checks, endpoint.host, settings.tls) : undefined
    const link = new NodeLink(endpoint, settings, await openSocket(endpoint, tls, signal))
    const onAbort = (): void => link.close(signal.reason)
    signal.addEventListener('abort', onAbort)
    try {
      signal.throwIfAborted()
      await link.#greet(settings)
      return link
    } catch (error) {
      link.close(new Error('greeting failed'))
      signal.throwIfAborted()
      throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  private constructor(endpoint: Endpoint, settings: Settings, socket: Socket) {
    const { Connection, silent } = loadKafkajs()
    const { username, password = '', sasl, clientId, keepalive, connectTimeout } = settings
    this.endpoint = endpoint
    this.#socket = socket
    this.#timeout = keepalive * 1_500
    this.#connection = new Connection({
      ...endpoint,
      clientId,
      logger: silent,
      // It puts things of its own into that object.
      sasl: username === undefined ? null : { mechanism: sasl, username, password },
      connectionTimeout: connectTimeout,
      requestTimeout: this.#timeout,
      // Its own enforcement wakes up ten times a second for each connection.
      enforceRequestTimeout: false,
      socketFactory: ({ onConnect }) => {
        queueMicrotask(onConnect)
        return socket
      },
    })
    stopSpinning(this.#connection.requestQueue)
    this.lost = new Promise((resolve) => {
      socket.once('error', (error) => this.#fail(error))
      // kafkajs would say goodbye and wait; there is nobody who reads it.
      socket.once('end', () => {
        // kafkajs fails what waits before the socket is closed: that must not look like a failure of the request.
        this.#isDown = true
        socket.destroy()
      })
      socket.once('close', () => {
        this.#isDown = true
        // kafkajs forgets a request that is made while it disconnects.
        for (const reject of this.#waiting) reject(this.#reason ?? closedByBroker())
        resolve(this.#reason)
      })
    })
  }

  get isUp(): boolean {
    return !this.#isDown
  }

  /** Whether nobody waits for an answer. */
  get isIdle(): boolean {
    return this.#waiting.size === 0
  }

  /** Rejects with what the link failed with when it is down or goes down meanwhile. Error codes inside of the response are the caller's. */
  async call<Name extends Api>(api: Name, arguments_: Apis[Name][0], extraTime = 0): Promise<Apis[Name][1]> {
    if (this.#isDown) throw this.#reason ?? closedByBroker()
    const { request, response } = loadKafkajs().call(api, this.#versions, arguments_)
    const decode = (data: Buffer): Promise<Apis[Name][1]> => response.decode(data)
    const { throttledUntil } = this.#connection.requestQueue
    const wait = this.#timeout + extraTime + Math.max(0, throttledUntil - Date.now())
    const timer = setTimeout(() => this.close(new Error(`no answer to ${api} within ${wait} ms`)), wait)
    const { promise, resolve, reject } = Promise.withResolvers<Apis[Name][1]>()
    this.#waiting.add(reject)
    this.#connection.send({ request, response: { decode, parse: (decoded) => decoded } }).then(resolve, reject)
    try {
      return await promise
    } catch (error) {
      throw this.#isDown ? (this.#reason ?? closedByBroker()) : error
    } finally {
      this.#waiting.delete(reject)
      clearTimeout(timer)
    }
  }

  /** Whether the broker wants a login on this port. To any other request without one it says nothing, and hangs up. */
  async asksForLogin(): Promise<boolean> {
    const { errorCode } = await this.call('SaslHandshake', { mechanism: '' })
    return loadKafkajs().errorName(errorCode) !== 'ILLEGAL_SASL_STATE'
  }

  /** Fails what is under way and closes the socket at once. */
  close(reason: Error): void {
    if (this.#isDown) return
    this.#fail(reason)
    // Only an error makes kafkajs reject what waits and clear its timers.
    this.#socket.destroy(reason)
  }

  #fail(reason: Error): void {
    this.#isDown = true
    this.#reason ??= reason
  }

  async #greet({ username }: Settings): Promise<void> {
    await this.#connection.connect()
    const { errorCode, apiVersions } = await this.call('ApiVersions', undefined)
    if (errorCode !== 0) throw new ProtocolFailure(loadKafkajs().errorName(errorCode))
    this.#versions = Object.fromEntries(apiVersions.map(({ apiKey, ...range }) => [apiKey, range]))
    this.#connection.setVersions(this.#versions)
    this.#connection.setSupportAuthenticationProtocol(true)
    if (username !== undefined) await this.#authenticate()
  }

  async #authenticate(): Promise<void> {
    try {
      await this.#connection.authenticate()
    } catch (error) {
      if (this.#isDown && this.#reason) throw this.#reason
      throw saslFailure(error) ?? error
    }
  }
}

function closedByBroker(): Error {
  return Object.assign(new Error('the broker closed the connection'), { code: 'ECONNRESET' })
}

/** What the broker said to our login, unless the connection broke. */
function saslFailure(error: unknown): ProtocolFailure | undefined {
  const { name, type, message } = error as { name?: string; type?: string; message?: string }
  if (type === 'UNSUPPORTED_SASL_MECHANISM' || type === 'ILLEGAL_SASL_STATE') return new ProtocolFailure(type)
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'SASL_AUTHENTICATION_FAILED') {
    return new ProtocolFailure('SASL_AUTHENTICATION_FAILED', message)
  }
  return undefined
}

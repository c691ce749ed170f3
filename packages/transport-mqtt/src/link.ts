import type { Socket } from 'node:net'
import { BotbusError } from '@botbus/core'
import { withOutcome } from '@botbus/core/transport-kit'
import type { MqttClient } from 'mqtt'
import { type AcknowledgedPublish, Acknowledgements, MAX_UNACKNOWLEDGED } from './acknowledgements.ts'
import { identifiesSubscriptions } from './capabilities.ts'
import { type Peer, Refusal, toLossError, toReasonError } from './errors.ts'
import { Probes } from './probes.ts'
import type { LinkMessage } from './publish-frame.ts'
import type { Wire } from './wire.ts'

/** What the broker told about itself in its CONNACK. MQTT 3.1.1 tells nothing. */
export interface ServerProperties {
  readonly maximumPacketSize?: number
  readonly maximumQoS?: number
  readonly receiveMaximum?: number
  readonly retainAvailable?: boolean
  readonly sharedSubscriptionAvailable?: boolean
  readonly subscriptionIdentifiersAvailable?: boolean
  readonly wildcardSubscriptionAvailable?: boolean
}

const GOODBYE_TIMEOUT = 1_000
const DISCONNECT_PACKET = Uint8Array.of(0xe0, 0x00)
const DONE = Promise.resolve()

/** What has just connected. */
export interface Connection {
  readonly client: MqttClient
  readonly socket: Socket
  readonly wire: Wire
  readonly server: ServerProperties
  readonly peer: Peer
}

/**
 * One connection's life: opened once, never repaired. One mqtt.js client belongs to it and dies with it, so
 * nothing can be queued or sent again by mqtt.js. Messages do not pass through it: it costs more than all the rest of a call.
 */
export class Link {
  readonly version: 4 | 5
  readonly server: ServerProperties
  /** Resolves when the link is down, with the reason. Never rejects. */
  readonly lost: Promise<BotbusError>
  readonly #client: MqttClient
  readonly #socket: Socket
  readonly #wire: Wire
  readonly #peer: Peer
  readonly #acknowledgements: Acknowledgements
  readonly #probes = new Probes()
  /** Each operation of mqtt.js that waits for the broker, and who waits for the socket, by the function that fails it. */
  readonly #unsettled = new Set<(error: BotbusError) => void>()
  #drained: Promise<void> | undefined
  #onIdle: (() => void) | undefined
  #onMessage: ((message: LinkMessage) => void) | undefined
  #native: unknown
  #down: BotbusError | undefined

  /** Called by `openLink`. */
  constructor({ client, socket, wire, server, peer }: Connection) {
    this.#client = client
    this.#socket = socket
    this.#wire = wire
    this.#peer = peer
    this.server = server
    this.version = client.options.protocolVersion === 5 ? 5 : 4
    const window = server.receiveMaximum ?? MAX_UNACKNOWLEDGED
    this.#acknowledgements = new Acknowledgements(window, (publish, packetId) => wire.publish(publish, packetId))
    wire.listen({
      message: (message) => {
        if (!this.#down) this.#onMessage?.(message)
      },
      acknowledged: (packetId, reason) => this.#acknowledgements.settle(packetId, reason),
      isExpecting: () => this.#onMessage !== undefined || !this.#acknowledgements.isIdle,
    })
    client.on('packetreceive', (packet) => {
      // MQTT 5: the broker says why before it hangs up.
      if (packet.cmd === 'disconnect') this.#native ??= new Refusal(packet.reasonCode ?? 0)
    })
    client.on('error', (error) => this.#destroy(error))
    socket.on('error', (error) => this.#destroy(error))
    this.lost = new Promise((resolve) =>
      socket.once('close', () => resolve(this.#fail(toLossError(this.#native, peer)))),
    )
  }

  /** Why it is down, if it is. */
  get down(): BotbusError | undefined {
    return this.#down
  }

  /** Called once, before anything is subscribed. */
  onMessage(listener: (message: LinkMessage) => void): void {
    this.#onMessage = listener
  }

  /** Resolves when the broker has acknowledged it (QoS 1), or when the socket has taken it (QoS 0). */
  publish(qos: 0 | 1, message: AcknowledgedPublish): Promise<void> {
    if (qos === 0) return this.send(message) ?? DONE
    if (this.#down || !this.#socket.writable) return Promise.reject(this.#notSent())
    if (this.server.maximumQoS === 0) {
      return Promise.reject(new BotbusError('UNSUPPORTED', 'the broker takes QoS 0 only', { outcome: 'not_sent' }))
    }
    return this.#acknowledgements.publish(message)
  }

  /** Publishes with QoS 0. Undefined when the socket has taken it already. */
  send(message: AcknowledgedPublish): Promise<void> | undefined {
    if (this.#down || !this.#socket.writable) return Promise.reject(this.#notSent())
    this.#wire.publish(message, 0)
    return this.#socket.writableNeedDrain ? this.#drain() : undefined
  }

  /**
   * Sends a request that is delivered with QoS 0. Resolves when the broker has taken it, if that can be known; rejects with `NO_RESPONDER`
   * when nobody has subscribed, on MQTT 5.
   */
  request(request: AcknowledgedPublish): Promise<void> {
    if (this.version === 4 || this.server.maximumQoS === 0) return this.publish(0, request)
    const { topic } = request
    return this.#probes.request(
      topic,
      () => this.publish(1, request),
      () => this.#wire.publish(request, 0),
    )
  }

  /** Resolves when the broker has granted it. `id` is its subscription identifier where the broker knows them. */
  async subscribe(filter: string, id: number, qos: 0 | 1): Promise<void> {
    this.#assertUp()
    const isIdentified = identifiesSubscriptions(this.version, this.server)
    const properties = isIdentified ? { properties: { subscriptionIdentifier: id } } : {}
    await this.#perform((resolve, reject) => {
      this.#client.subscribe(filter, { qos, ...properties }, (_error, _granted, packet) => {
        const granted = packet?.granted[0]
        if (typeof granted !== 'number') this.#destroy()
        else if (granted >= 0x80) reject(toReasonError(granted, `the subscription to ${filter}`))
        else resolve()
      })
    })
  }

  async unsubscribe(filter: string): Promise<void> {
    this.#assertUp()
    await this.#perform((resolve) => {
      this.#client.unsubscribe(filter, (error) => (error ? this.#destroy() : resolve()))
    })
  }

  /** Waits a little for what is on its way, then hangs up. */
  async end(reason: BotbusError): Promise<void> {
    const timer = setTimeout(() => this.#destroy(reason), GOODBYE_TIMEOUT)
    if (this.#unsettled.size > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    await this.#acknowledgements.idle()
    clearTimeout(timer)
    this.hangUp(reason)
    await this.lost
  }

  /** Fails what is on its way, says goodbye (so there is no last will) and closes. */
  hangUp(reason: BotbusError): void {
    this.#native ??= reason
    this.#fail(reason)
    if (this.#socket.destroyed || this.#socket.writableEnded) return
    const timer = setTimeout(() => this.#socket.destroy(), GOODBYE_TIMEOUT)
    this.#socket.once('close', () => clearTimeout(timer))
    // The broker hangs up when it has read this. Closing at once could overtake it as a reset.
    this.#wire.end(DISCONNECT_PACKET)
  }

  #destroy(reason?: unknown): void {
    this.#native ??= reason
    this.#socket.destroy()
  }

  #assertUp(): void {
    if (this.#down || !this.#socket.writable) throw this.#notSent()
  }

  /** Between its end and its close, a socket still takes what it never sends. */
  #notSent(): BotbusError {
    return withOutcome(this.#down ?? toLossError(this.#native, this.#peer), 'not_sent')
  }

  #fail(error: BotbusError): BotbusError {
    this.#down ??= error
    for (const reject of [...this.#unsettled]) reject(withOutcome(this.#down, 'unknown'))
    this.#acknowledgements.fail(this.#down)
    return this.#down
  }

  /** Starts an operation that the broker answers. It settles at the latest when the link goes down. */
  #perform(start: (resolve: () => void, reject: (error: BotbusError) => void) => void): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        this.#unsettled.delete(fail)
        if (this.#unsettled.size === 0) this.#onIdle?.()
      }
      const fail = (error: BotbusError): void => {
        settle()
        reject(error)
      }
      this.#unsettled.add(fail)
      start(() => {
        settle()
        resolve()
      }, fail)
    })
  }

  /** One wait for all who wrote too fast. */
  #drain(): Promise<void> {
    this.#drained ??= this.#perform((resolve) => this.#socket.once('drain', resolve)).finally(() => {
      this.#drained = undefined
    })
    return this.#drained
  }
}

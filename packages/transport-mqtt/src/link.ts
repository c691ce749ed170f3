import type { Socket } from 'node:net'
import { BotbusError } from '@botbus/core'
import { coalesceWrites, toBuffer, withOutcome } from '@botbus/core/transport-kit'
import type { MqttClient } from 'mqtt'
import { identifiesSubscriptions } from './capabilities.ts'
import { type Peer, Refusal, toLossError, toReasonError } from './errors.ts'

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

export interface LinkMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly retained: boolean
  /** Of the subscriptions that it belongs to. Undefined where the broker does not say. */
  readonly subscriptionIds: readonly number[] | undefined
}

export interface LinkPublishOptions {
  readonly qos: 0 | 1
  readonly retain?: boolean
  /** Seconds after which the broker may drop it (MQTT 5). */
  readonly messageExpiryInterval?: number
}

/** MQTT 3.1.1 has no receive maximum: this many acknowledgements may be due, a quarter of all packet ids. */
const MAX_UNACKNOWLEDGED = 16_384
const GOODBYE_TIMEOUT = 1_000
const DISCONNECT_PACKET = Uint8Array.of(0xe0, 0x00)

/**
 * One connection's life: opened once, never repaired. One mqtt.js client belongs to it and dies with it, so
 * nothing can be queued or sent again by mqtt.js.
 */
export class Link {
  readonly version: 4 | 5
  readonly server: ServerProperties
  /** Resolves when the link is down, with the reason. Never rejects. */
  readonly lost: Promise<BotbusError>
  readonly #client: MqttClient
  readonly #socket: Socket
  readonly #window: number
  /** What one turn of the event loop writes leaves in one go. */
  readonly #cork: () => void
  /** Each operation that waits for the broker, by the function that fails it. */
  readonly #unsettled = new Set<(error: BotbusError) => void>()
  /** Publishes that wait for a place in the window, in order. */
  #waiting: (() => void)[] = []
  #unacknowledged = 0
  #pubackReason = 0
  #drained: Promise<void> | undefined
  #idle: (() => void) | undefined
  #native: unknown
  #down: BotbusError | undefined

  /** Called by `openLink`, with a client that has just connected. */
  constructor(client: MqttClient, socket: Socket, server: ServerProperties, peer: Peer) {
    this.#client = client
    this.#socket = socket
    this.server = server
    this.version = client.options.protocolVersion === 5 ? 5 : 4
    this.#window = Math.min(server.receiveMaximum ?? MAX_UNACKNOWLEDGED, MAX_UNACKNOWLEDGED)
    client.on('packetreceive', (packet) => {
      // mqtt.js calls back in the same turn, without the reason.
      if (packet.cmd === 'puback') this.#pubackReason = packet.reasonCode ?? 0
      // MQTT 5: the broker says why before it hangs up.
      if (packet.cmd === 'disconnect') this.#native ??= new Refusal(packet.reasonCode ?? 0)
    })
    // Before mqtt.js reads it, and answers each message with a write of its own.
    this.#cork = coalesceWrites(socket)
    socket.prependListener('data', this.#cork)
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
    this.#client.on('message', (topic, payload, packet) => {
      if (this.#down) return
      const ids = packet.properties?.subscriptionIdentifier
      listener({ topic, payload, retained: packet.retain, subscriptionIds: typeof ids === 'number' ? [ids] : ids })
    })
  }

  /** Resolves with the PUBACK's reason code; at QoS 0 when the socket has taken it. */
  async publish(topic: string, payload: string | Uint8Array, options: LinkPublishOptions): Promise<number> {
    const { messageExpiryInterval, ...rest } = options
    const packet = messageExpiryInterval === undefined ? rest : { ...rest, properties: { messageExpiryInterval } }
    const content = typeof payload === 'string' ? payload : toBuffer(payload)
    if (options.qos === 0) {
      this.#assertUp()
      this.#cork()
      this.#client.publish(topic, content, packet)
      await this.#drain()
      return 0
    }
    if (this.server.maximumQoS === 0)
      throw new BotbusError('UNSUPPORTED', 'the broker takes QoS 0 only', { outcome: 'not_sent' })
    while (!this.#down && this.#unacknowledged >= this.#window) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#assertUp()
    this.#cork()
    this.#unacknowledged++
    try {
      return await this.#perform<number>((resolve, reject) => {
        this.#client.publish(topic, content, packet, (error) => {
          if (!error) resolve(this.#pubackReason)
          else if ('code' in error && typeof error.code === 'number')
            reject(toReasonError(error.code, `to publish on ${topic}`))
          else this.#destroy()
        })
      })
    } finally {
      this.#unacknowledged--
      this.#waiting.shift()?.()
    }
  }

  /** Resolves when the broker has granted it. `id` is its subscription identifier where the broker knows them. */
  async subscribe(filter: string, id: number): Promise<void> {
    this.#assertUp()
    const isIdentified = identifiesSubscriptions(this.version, this.server)
    const properties = isIdentified ? { properties: { subscriptionIdentifier: id } } : {}
    await this.#perform<void>((resolve, reject) => {
      this.#client.subscribe(filter, { qos: 1, ...properties }, (_error, _granted, packet) => {
        const granted = packet?.granted[0]
        if (typeof granted !== 'number') this.#destroy()
        else if (granted >= 0x80) reject(toReasonError(granted, `the subscription to ${filter}`))
        else resolve()
      })
    })
  }

  async unsubscribe(filter: string): Promise<void> {
    this.#assertUp()
    await this.#perform<void>((resolve) => {
      this.#client.unsubscribe(filter, (error) => (error ? this.#destroy() : resolve()))
    })
  }

  /** Waits a little for what is on its way, then hangs up. */
  async end(reason: BotbusError): Promise<void> {
    const timer = setTimeout(() => this.#destroy(reason), GOODBYE_TIMEOUT)
    if (this.#unsettled.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve))
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
    this.#socket.end(DISCONNECT_PACKET)
  }

  #destroy(reason?: unknown): void {
    this.#native ??= reason
    this.#socket.destroy()
  }

  #assertUp(): void {
    if (this.#down) throw withOutcome(this.#down, 'not_sent')
  }

  #fail(error: BotbusError): BotbusError {
    this.#down ??= error
    for (const reject of [...this.#unsettled]) reject(withOutcome(this.#down, 'unknown'))
    for (const wake of this.#waiting.splice(0)) wake()
    return this.#down
  }

  /** Starts an operation that the broker answers. It settles at the latest when the link goes down. */
  #perform<T>(start: (resolve: (value: T) => void, reject: (error: BotbusError) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const settle = (): void => {
        this.#unsettled.delete(fail)
        if (this.#unsettled.size === 0) this.#idle?.()
      }
      const fail = (error: BotbusError): void => {
        settle()
        reject(error)
      }
      this.#unsettled.add(fail)
      start((value) => {
        settle()
        resolve(value)
      }, fail)
    })
  }

  /** One wait for all who wrote too fast. */
  async #drain(): Promise<void> {
    if (!this.#socket.writableNeedDrain) return
    this.#drained ??= this.#perform<void>((resolve) => this.#socket.once('drain', resolve)).finally(() => {
      this.#drained = undefined
    })
    await this.#drained
  }
}

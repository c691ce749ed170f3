import { type Bus, type BusEvent, type BusOptions, connectBus } from '@botbus/core'
import { type MqttOptions, mqtt } from '@botbus/mqtt'
import { connectAsync, type IClientPublishOptions } from 'mqtt'
import { onTestFinished } from 'vitest'
import { type MosquittoInstance, startMosquitto } from '../../../scripts/broker/mosquitto/mosquitto.mjs'
import { type Bot, Bridge, type BridgeOptions } from '../src/index.ts'
import { type Fixture, fixtures } from './harness.ts'

/** A real broker, and what tests need around it. All of it ends with the test that made it. */
export interface Field {
  readonly broker: MosquittoInstance
  /** What all buses reported. */
  readonly events: BusEvent[]
  readonly warnings: string[]
  bus(options?: Partial<MqttOptions>, busOptions?: BusOptions): Promise<Bus>
  /** A bridge on a bus of its own, unless one is given. */
  bridge(bot: Bot, options?: Partial<BridgeOptions>): Promise<Bridge>
  peer(): Promise<Peer>
  /** Why messages on a topic were dropped. */
  dropped(topic: string): string[]
}

export async function field(options: { config?: readonly string[]; protocolVersion?: 4 | 5 } = {}): Promise<Field> {
  const broker = await startMosquitto(options.config ? { config: options.config } : {})
  onTestFinished(() => broker.stop())
  const version = options.protocolVersion === undefined ? {} : { protocolVersion: options.protocolVersion }
  const events: BusEvent[] = []
  const warnings: string[] = []
  const bus: Field['bus'] = async (mqttOptions = {}, busOptions = {}) => {
    const hooks = { observe: (event: BusEvent) => void events.push(event) }
    const opened = await connectBus(mqtt({ url: broker.url, ...version, ...mqttOptions }), { hooks, ...busOptions })
    onTestFinished(() => opened.close({ grace: 0 }))
    return opened
  }
  return {
    broker,
    events,
    warnings,
    bus,
    bridge: async (bot, bridgeOptions = {}) => {
      const own = bridgeOptions.bus ?? (await bus())
      const warn = (message: string): void => void warnings.push(message)
      const bridge = new Bridge({ id: 'A', warn, ...bridgeOptions, bus: own, bot })
      onTestFinished(() => bridge.stop())
      await bridge.start()
      return bridge
    },
    peer: () => openPeer(broker.url),
    dropped: (topic) =>
      events.flatMap((event) => (event.type === 'dropped' && event.topic === topic ? event.reason : [])),
  }
}

interface PeerMessage {
  readonly topic: string
  readonly text: string
  readonly qos: number
  readonly retain: boolean
}

/** A client that knows MQTT and nothing of Botbus. */
interface Peer {
  /** All that it received, in order. */
  readonly received: PeerMessage[]
  subscribe(filter: string): Promise<void>
  /** Text and bytes are sent as they are, an object as JSON. */
  publish(topic: string, payload: string | Buffer | object, options?: IClientPublishOptions): Promise<void>
  /** What arrived on a topic, parsed. */
  on(topic: string): unknown[]
}

async function openPeer(url: string): Promise<Peer> {
  const client = await connectAsync(url, { reconnectPeriod: 50 })
  onTestFinished(() => client.endAsync(true))
  const received: PeerMessage[] = []
  client.on('message', (topic, payload, { qos, retain }) =>
    received.push({ topic, text: payload.toString(), qos, retain }),
  )
  // Without a listener mqtt.js throws when the broker is away.
  client.on('error', () => undefined)
  return {
    received,
    subscribe: async (filter) => void (await client.subscribeAsync(filter, { qos: 1 })),
    publish: async (topic, payload, options = {}) => {
      const isRaw = typeof payload === 'string' || Buffer.isBuffer(payload)
      await client.publishAsync(topic, isRaw ? payload : JSON.stringify(payload), { qos: 1, ...options })
    },
    on: (topic) => received.filter((message) => message.topic === topic).map(({ text }) => JSON.parse(text)),
  }
}

/** A request as commlib-py writes it. */
export function request(replyTo: string, data: unknown = {}, header: object = {}): object {
  const standard = {
    reply_to: replyTo,
    timestamp: Date.now(),
    content_type: 'json',
    encoding: 'utf8',
    agent: 'commlib',
  }
  return { header: { ...standard, ...header }, data }
}

/** The requests among the captured messages. */
export function fixtureRequests(): Extract<Fixture, { kind: 'message' }>[] {
  return fixtures().filter(
    (fixture): fixture is Extract<Fixture, { kind: 'message' }> =>
      fixture.kind === 'message' && fixture.payload.includes('"reply_to":"rpc-'),
  )
}

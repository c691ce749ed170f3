import { type BotContract, botContract } from '@botbus/bridge'
import { type Bus, type BusEvent, type ChannelContract, connectBus, type Transport } from '@botbus/core'
import type { BrokerKind, Contender, Peer, PeerOptions } from './contender.ts'

const EVERYWHERE =
  'contract schemas on both ends, deadline, duplicate guard, an observing hook; room for 32,768 waiting requests (default 1,024)'

/** The bus with the bot contract, as a bot and its controller use it. */
export const ours: Contender = {
  name: 'ours',
  packages: ['@botbus/core', '@botbus/mqtt', '@botbus/amqp', '@botbus/redis', '@botbus/kafka'],
  settings: {
    mqtt: `${EVERYWHERE}; MQTT 5, one connection; delivered in QoS 0, one request at a time in QoS 1 to learn whether anybody serves`,
    amqp: `${EVERYWHERE}; mandatory requests, direct reply-to`,
    redis: `${EVERYWHERE}; channels`,
    kafka: `${EVERYWHERE}; 12 partitions`,
  },
  async open({ broker, url }: PeerOptions): Promise<Peer> {
    const counts = new Map<BusEvent['type'], number>()
    const observe = ({ type }: BusEvent): void => void counts.set(type, (counts.get(type) ?? 0) + 1)
    const bus = await connectBus(await TRANSPORTS[broker](url), { hooks: { observe } })
    return new OurPeer(bus)
  },
}

const TRANSPORTS: Record<BrokerKind, (url: string) => Promise<Transport>> = {
  mqtt: async (url) => (await import('@botbus/mqtt')).mqtt({ url }),
  amqp: async (url) => (await import('@botbus/amqp')).amqp({ url }),
  redis: async (url) => (await import('@botbus/redis')).redis({ url }),
  kafka: async (url) => (await import('@botbus/kafka')).kafka({ url }),
}

class OurPeer implements Peer {
  readonly #bus: Bus
  readonly #contracts = new Map<string, BotContract>()
  #failure: unknown

  constructor(bus: Bus) {
    this.#bus = bus
  }

  async serve(address: string, answer: (request: unknown) => unknown): Promise<void> {
    const { contract, bot } = this.#resolve(address)
    type Reply = { status: number; msg: string }
    await this.#bus.serve(contract.commands.status, { bot }, (request) => answer(request) as Reply, {
      capacity: 32_768,
    })
  }

  call(address: string, request: unknown): Promise<unknown> {
    const { contract, bot } = this.#resolve(address)
    return this.#bus.call(contract.commands.status, { bot }, request as { async_backend?: boolean })
  }

  async subscribe(patterns: readonly string[], onMessage: (message: unknown) => void): Promise<void> {
    await Promise.all(
      patterns.map((pattern) => {
        const { channel, bot } = this.#resolveChannel(pattern)
        return this.#bus.subscribe(channel, { bot }, ({ data }) => onMessage(data))
      }),
    )
  }

  /** The benchmark bounds what is under way; the next one need not wait for the socket. */
  publish(topic: string, message: unknown): undefined {
    if (this.#failure !== undefined) throw this.#failure
    this.#bus.publish(topic, message).catch((error: unknown) => {
      this.#failure ??= error
    })
  }

  close(): Promise<void> {
    return this.#bus.close({ grace: 0 })
  }

  #resolveChannel(topic: string): { channel: ChannelContract; bot: string } {
    const { contract, bot, name } = this.#resolve(topic)
    const { heartbeat, log, events } = contract.channels
    const channels: Record<string, ChannelContract> = { hb: heartbeat, log, events }
    const channel = channels[name]
    if (!channel) throw new Error(`no channel at ${topic}`)
    return { channel, bot }
  }

  /** `{namespace}/{bot}/{name}`. */
  #resolve(address: string): { contract: BotContract; bot: string; name: string } {
    const [namespace = '', bot = '', name = ''] = address.split('/')
    let contract = this.#contracts.get(namespace)
    if (!contract) {
      contract = botContract(namespace)
      this.#contracts.set(namespace, contract)
    }
    return { contract, bot, name }
  }
}

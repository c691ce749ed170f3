import type { Socket } from 'node:net'
import { openSocket, tlsConnectionOptions } from '@botbus/core/transport-kit'
import { type IClientOptions, MqttClient } from 'mqtt'
import { ControlPacketIds } from './control-packet-ids.ts'
import { NoAnswer, Refusal, toConnectError } from './errors.ts'
import { type Connection, Link } from './link.ts'
import { checks, type LastWill, type Settings } from './options.ts'
import { Wire } from './wire.ts'

export interface Identity {
  readonly clientId: string
  readonly version: 4 | 5
  readonly lastWill: LastWill | undefined
}

/** Connects once: socket, CONNECT, CONNACK. Rejects with `BotbusError` and leaves nothing open then. */
export async function openLink(settings: Settings, identity: Identity, signal: AbortSignal): Promise<Link> {
  const { clientId } = identity
  const peer = { label: settings.label, host: settings.host, username: settings.username, clientId }
  let socket: Socket | undefined
  try {
    const { host, tls, secure } = settings
    socket = await openSocket(settings, secure ? tlsConnectionOptions(checks, host, tls) : undefined, signal)
    const wire = new Wire(socket, identity.version)
    return await handshake({ socket, wire, peer }, clientOptions(settings, identity), signal)
  } catch (error) {
    socket?.destroy()
    throw toConnectError(signal.aborted ? signal.reason : error, peer)
  }
}

function clientOptions(settings: Settings, { clientId, version, lastWill }: Identity): IClientOptions {
  const { username, password } = settings
  return {
    protocolVersion: version,
    clientId,
    clean: true,
    keepalive: settings.keepalive,
    connectTimeout: settings.connectTimeout,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    messageIdProvider: new ControlPacketIds(),
    log: () => undefined, // its default formats every packet
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(lastWill ? { will: toWill(lastWill) } : {}),
  }
}

function toWill({ topic, payload, qos = 0, retain = false }: LastWill): NonNullable<IClientOptions['will']> {
  return { topic, payload: Buffer.from(payload), qos, retain }
}

function handshake(
  connection: Pick<Connection, 'socket' | 'wire' | 'peer'>,
  options: IClientOptions,
  signal: AbortSignal,
): Promise<Link> {
  const { socket, wire } = connection
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new NoAnswer()))
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    const client = new MqttClient(() => wire.control, options)
    client.on('error', reject)
    client.on('packetreceive', (packet) => {
      if (packet.cmd !== 'connack') return
      const reason = packet.reasonCode ?? packet.returnCode ?? 0
      if (reason !== 0) reject(new Refusal(reason))
    })
    client.once('connect', ({ properties: server = {} }) => resolve(new Link({ ...connection, client, server })))
  })
}

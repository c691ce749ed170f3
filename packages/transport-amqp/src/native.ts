import { Socket } from 'node:net'
import { BotbusError } from '@botbus/core'
import type { Channel, ChannelModel } from 'amqplib'

/* What we need of amqplib 2.3 and its types leave out. */

/** How it reads and writes. */
export interface NativeConnection {
  readonly stream: Socket
  /** The most bytes of a frame that is sent, and of what a received one holds. */
  readonly frameMax: number
  readonly maxFrameSize: number
  /** Bytes that have been read and not yet decoded. */
  rest: Buffer
  /** For its heartbeats. */
  recvSinceLastCheck: boolean
  /** The next frame that has come whole, or false. */
  recvFrame(): unknown
}

/** Called with an error when the broker has not taken the message, or the channel has closed. */
export type OnConfirmed = (error: unknown) => void

export function nativeConnection({ connection }: ChannelModel): NativeConnection {
  const object: object = connection
  const native: Partial<NativeConnection> = object
  const { stream, frameMax, maxFrameSize, rest, recvFrame } = native
  const isKnown = stream instanceof Socket && typeof frameMax === 'number' && typeof maxFrameSize === 'number'
  if (isKnown && Buffer.isBuffer(rest) && typeof recvFrame === 'function') return native as NativeConnection
  throw changed('its socket')
}

export function numberOf(channel: Channel): number {
  const object: object = channel
  const { ch }: { ch?: unknown } = object
  if (typeof ch === 'number') return ch
  throw changed('the numbers of channels')
}

/** To be called for each message that is published on a channel that confirms, in order. */
export function onConfirmed(channel: Channel, listener: OnConfirmed): void {
  const object: object = channel
  const confirming: { pushConfirmCallback?: (listener: OnConfirmed) => void } = object
  if (confirming.pushConfirmCallback === undefined) throw changed('what waits for confirmation')
  confirming.pushConfirmCallback(listener)
}

function changed(what: string): BotbusError {
  return new BotbusError('INTERNAL', `this version of amqplib keeps ${what} elsewhere`)
}

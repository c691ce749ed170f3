import type { Socket } from 'node:net'
import type { BotbusError } from '@botbus/core'
import { withOutcome } from '@botbus/core/transport-kit'
import { Command, type Redis } from 'ioredis'
import { type Peer, toLossError, toMisplacedError, toReplyError } from './errors.ts'
import { type MessageListener, MessageTap } from './message-tap.ts'
import { type Published, publishCommand } from './publish-command.ts'
import { TurnWriter } from './turn-writer.ts'

export type Argument = string | number | Buffer

const GOODBYE_TIMEOUT = 1_000
/** Of the keepalive: twice that, and a frozen link is noticed after 1.5 times the keepalive. */
const PERIOD = 0.75
const BINARY = { replyEncoding: null } as const
const TEXT = { replyEncoding: 'utf8' } as const

/**
 * One connection's life: opened once, never repaired. One ioredis client belongs to it and dies with it, so nothing can be queued
 * or sent again by ioredis.
 */
export class Link {
  /** Resolves when the link is down, with the reason. Never rejects. */
  readonly lost: Promise<BotbusError>
  readonly #client: Redis
  readonly #socket: Socket
  readonly #writer: TurnWriter
  readonly #peer: Peer
  readonly #watch: NodeJS.Timeout
  #inFlight = 0
  #idle: (() => void) | undefined
  #drained: Promise<void> | undefined
  /** Bytes, when last looked at. */
  #received = 0
  #native: unknown
  #down: BotbusError | undefined

  /** Called by `openLink`, with a client that is ready. `blocks`: it waits in commands that return within half of `keepalive`. */
  constructor(client: Redis, socket: Socket, peer: Peer, options: { keepalive: number; blocks: boolean }) {
    this.#client = client
    this.#socket = socket
    this.#peer = peer
    this.#writer = new TurnWriter(socket)
    this.#watch = setInterval(() => this.#check(options.blocks), options.keepalive * 1_000 * PERIOD)
    const fatal = (error: unknown): void => this.#destroy(error)
    client.on('error', fatal)
    socket.on('error', fatal)
    // The slot of a sharded channel went to another node of the cluster.
    client.on('moved', () => fatal(new Error('the cluster has moved a slot')))
    this.lost = new Promise((resolve) => {
      const close = (): void => {
        clearInterval(this.#watch)
        resolve(this.#fail(toLossError(this.#native, peer)))
      }
      // Before ioredis hears of it and rejects what is on its way.
      socket.prependOnceListener('close', close)
      if (socket.destroyed) close()
    })
  }

  /** Why it is down, if it is. */
  get down(): BotbusError | undefined {
    return this.#down
  }

  /** Called once, before anything is subscribed. */
  onMessage(listener: MessageListener): void {
    new MessageTap(this.#socket, listener)
    // Before RESP3.
    this.#client.on('messageBuffer', (channel: Buffer, payload: Buffer) => {
      const name = channel.toString()
      listener('subscribe', name, name, payload)
    })
    this.#client.on('pmessageBuffer', (glob: string, channel: Buffer, payload: Buffer) => {
      listener('psubscribe', glob, channel.toString(), payload)
    })
    this.#client.on('smessageBuffer', (channel: Buffer, payload: Buffer) => {
      const name = channel.toString()
      listener('ssubscribe', name, name, payload)
    })
  }

  /** Resolves with Redis's reply, its strings as text. Rejects with `BotbusError`: `not_sent` when Redis refused, else `unknown`. */
  command(name: string, ...args: Argument[]): Promise<unknown> {
    return this.#send(name, args, TEXT)
  }

  /** As `command`, with the strings of the reply as bytes. */
  commandForBytes(name: string, ...args: Argument[]): Promise<unknown> {
    return this.#send(name, args, BINARY)
  }

  /** Sends PUBLISH or SPUBLISH. `done` hears of an error as `command` rejects with it, and also before this returns. */
  publish(name: 'publish' | 'spublish', channel: string, payload: string | Buffer, done: Published): void {
    if (!this.#socket.writable) {
      done(this.#notSent(), 0)
      return
    }
    this.#inFlight++
    this.#client.sendCommand(publishCommand(this, name, channel, payload, done), this.#writer)
  }

  /** Resolves when the socket takes more; undefined when it does now. */
  room(): Promise<void> | undefined {
    if (!this.#socket.writableNeedDrain || this.#down) return undefined
    this.#drained ??= new Promise<void>((resolve, reject) => {
      const done = (): void => {
        this.#socket.off('drain', done).off('close', done)
        this.#drained = undefined
        if (this.#down) reject(withOutcome(this.#down, 'unknown'))
        else resolve()
      }
      this.#socket.once('drain', done).once('close', done)
    })
    return this.#drained
  }

  settled(error: unknown): BotbusError | undefined {
    this.#inFlight--
    if (this.#inFlight === 0) this.#idle?.()
    return error === undefined ? undefined : this.#refusal(error)
  }

  /** Waits a little for what is on its way, then hangs up. */
  async end(reason: BotbusError): Promise<void> {
    if (this.#inFlight > 0 && !this.#down) {
      const timer = setTimeout(() => this.#idle?.(), GOODBYE_TIMEOUT)
      await new Promise<void>((resolve) => {
        this.#idle = resolve
        this.#socket.once('close', resolve)
      })
      clearTimeout(timer)
    }
    this.hangUp(reason)
    await this.lost
  }

  /** Closes; what is on its way fails. */
  hangUp(reason: BotbusError): void {
    this.#native ??= reason
    this.#fail(reason)
    if (this.#socket.destroyed) return
    this.#writer.flush()
    const timer = setTimeout(() => this.#socket.destroy(), GOODBYE_TIMEOUT)
    this.#socket.once('close', () => clearTimeout(timer))
    this.#socket.destroySoon()
  }

  #send(name: string, args: Argument[], encoding: typeof TEXT | typeof BINARY): Promise<unknown> {
    if (!this.#socket.writable) return Promise.reject(this.#notSent())
    this.#inFlight++
    const command = new Command(name, args, encoding)
    this.#client.sendCommand(command, this.#writer)
    return command.promise.then(this.#onReply, this.#onError)
  }

  readonly #onReply = (reply: unknown): unknown => {
    this.settled(undefined)
    return reply
  }

  readonly #onError = (cause: unknown): never => {
    throw this.settled(cause)
  }

  /** The connection may have ended without having closed yet: then nobody knows of it, and ioredis takes nothing. */
  #notSent(): BotbusError {
    return withOutcome(this.#down ?? toLossError(this.#native, this.#peer), 'not_sent')
  }

  #refusal(cause: unknown): BotbusError {
    const misplaced = toMisplacedError(cause, this.#peer)
    if (misplaced) this.#destroy(misplaced)
    return this.#down ? withOutcome(this.#down, 'unknown') : toReplyError(cause, 'a command')
  }

  /** Something must have arrived since the last time: the answer to a ping, or what a blocking command returned. */
  #check(blocks: boolean): void {
    // What arrived while this process was busy is read first.
    setImmediate(() => {
      if (this.#down) return
      const received = this.#socket.bytesRead
      if (received === this.#received) {
        this.#destroy(new Error('no sign of life from Redis'))
        return
      }
      this.#received = received
      // Its failure is that of the link.
      if (!blocks) this.command('ping').catch(() => undefined)
    })
  }

  #destroy(reason: unknown): void {
    this.#native ??= reason
    this.#socket.destroy()
  }

  #fail(error: BotbusError): BotbusError {
    this.#down ??= error
    return this.#down
  }
}

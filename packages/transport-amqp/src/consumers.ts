import { setTimeout as sleep } from 'node:timers/promises'
import { BotbusError, toBotbusError, type Unsubscribe } from '@botbus/core'
import { Backoff } from '@botbus/core/transport-kit'
import type { Channel, ConsumeMessage, Options } from 'amqplib'
import { REPLY, replyCode, toOperationError } from './errors.ts'
import { closeChannel } from './lane.ts'
import type { Incoming } from './reader.ts'
import type { Session } from './session.ts'

/** A queue and what consumes it: a service, or a member of a group. */
export interface ConsumerPlan {
  /** For messages: `to serve hbot/b1/stop`. */
  readonly what: string
  readonly queue: string
  readonly queueOptions: (session: Session) => Options.AssertQueue
  readonly bindings: readonly { readonly exchange: string; readonly key: string }[]
  /** How many messages it gets without having acknowledged them; without it the broker forgets what it has sent. */
  readonly prefetch?: number
  receive(message: Incoming, channel: Channel): void
  /** Called when it shall stop, before the broker is told. */
  onStop?(): void
  /** Resolves when its channel may be closed. */
  settled?(): Promise<void>
}

/** A queue's last consumer may leave between our declaration and our consumption: the queue goes with it. */
const ATTEMPTS = 5

/** One consumer, on a channel of its own: what the broker refuses it, it refuses nobody else. */
class Consumer {
  readonly #plan: ConsumerPlan
  readonly #onProblem: (error: BotbusError) => void
  #channel: Channel | undefined
  #isWanted = true

  constructor(plan: ConsumerPlan, onProblem: (error: BotbusError) => void) {
    this.#plan = plan
    this.#onProblem = onProblem
  }

  async open(session: Session): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const channel = await session.connection.openChannel()
      try {
        await this.#consume(session, channel)
        break
      } catch (error) {
        void closeChannel(channel)
        if (session.down) throw session.down
        if (replyCode(error) !== REPLY.notFound || attempt === ATTEMPTS) throw toOperationError(error, this.#plan.what)
      }
    }
    if (!this.#isWanted) await this.stop()
  }

  /** Resolves when the broker hands over nothing more. Never rejects. */
  async stop(): Promise<void> {
    this.#isWanted = false
    const channel = this.#channel
    this.#channel = undefined
    this.#plan.onStop?.()
    if (!channel) return
    // It rejects only when the channel is closed: that ends the consumer too.
    await channel.cancel(TAG).catch(() => undefined)
    const { settled } = this.#plan
    if (!settled) await closeChannel(channel)
    else void settled().then(() => closeChannel(channel))
  }

  async #consume(session: Session, channel: Channel): Promise<void> {
    const { queue, queueOptions, bindings, prefetch, receive } = this.#plan
    await channel.assertQueue(queue, queueOptions(session))
    for (const { exchange, key } of bindings) await channel.bindQueue(queue, exchange, key)
    if (prefetch !== undefined) await channel.prefetch(prefetch)
    channel.once('close', () => this.#onClosed(session, channel))
    const onMessage = (message: ConsumeMessage | null): void => {
      if (message) receive.call(this.#plan, message, channel)
      else void closeChannel(channel) // the queue was deleted: begin anew
    }
    const noAck = prefetch === undefined
    await channel.consume(queue, onMessage, { consumerTag: TAG, noAck })
    const refusal = session.connection.refusalOf(channel)
    if (refusal) throw refusal
    // Only on a channel that is open: its number is given to another one when it has closed.
    if (noAck) session.connection.reader.receive(channel, (message) => receive.call(this.#plan, message, channel))
    this.#channel = channel
  }

  #onClosed(session: Session, channel: Channel): void {
    if (this.#channel !== channel) return
    this.#channel = undefined
    // When the connection closes, its channels are told first.
    setImmediate(() => {
      if (!session.down && this.#isWanted) void this.#revive(session, session.connection.refusalOf(channel))
    })
  }

  /** Never rejects. */
  async #revive(session: Session, refusal: unknown): Promise<void> {
    const reason = refusal === undefined ? 'its queue was deleted' : toOperationError(refusal, 'to go on').message
    this.#onProblem(
      new BotbusError('NOT_CONNECTED', `what we asked the broker for, ${this.#plan.what}, ended: ${reason}`),
    )
    const backoff = new Backoff()
    while (this.#isWanted && !session.down) {
      try {
        await this.open(session)
        return
      } catch (error) {
        if (session.down) return
        this.#onProblem(toBotbusError(error))
      }
      // A connection that ends cuts the pause short; the loop sees that it is down.
      await sleep(backoff.next(), undefined, { signal: session.connection.ended }).catch(() => undefined)
    }
  }
}

/** Each consumer has a channel of its own, so one name does for all. */
const TAG = 'botbus'

/** The consumers that a transport wants. */
export class Consumers {
  readonly #wanted = new Set<Consumer>()
  readonly #onProblem: (error: BotbusError) => void

  constructor(onProblem: (error: BotbusError) => void) {
    this.#onProblem = onProblem
  }

  /** Resolves when the broker has agreed. Rejects, with nothing left, when it refused or the link went down. */
  async add(session: Session, plan: ConsumerPlan): Promise<Unsubscribe> {
    const consumer = new Consumer(plan, this.#onProblem)
    await consumer.open(session)
    this.#wanted.add(consumer)
    // Lost meanwhile: the next session opens it, or has been restored already.
    let left: Promise<void> | undefined
    return () => {
      this.#wanted.delete(consumer)
      left ??= consumer.stop()
      return left
    }
  }

  /** Rejects when the link goes down; what the broker refuses is reported. */
  async restore(session: Session): Promise<void> {
    await Promise.all(
      [...this.#wanted].map(async (consumer) => {
        try {
          await consumer.open(session)
        } catch (error) {
          if (session.down) throw session.down
          this.#onProblem(toBotbusError(error))
        }
      }),
    )
  }

  /** Resolves when all have stopped, for good. Never rejects. */
  async stop(): Promise<void> {
    await Promise.all([...this.#wanted].map((consumer) => consumer.stop()))
    this.#wanted.clear()
  }
}

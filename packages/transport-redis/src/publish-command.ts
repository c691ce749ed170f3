import type { BotbusError } from '@botbus/core'
import type { Command } from 'ioredis'

/** How many clients it reached; with an error, none that is known. */
export type Published = (error: BotbusError | undefined, receivers: number) => void

/** The link that a command is sent on. */
interface PublishingLink {
  /** Called once for each command, before it is settled. Returns what `error` means. */
  settled(error: unknown): BotbusError | undefined
}

/**
 * PUBLISH or SPUBLISH: what ioredis uses of a command, and no more. Its own makes a promise, looks through the arguments and converts the
 * reply, which costs more than all the rest of publishing.
 */
class PublishCommand {
  readonly name: 'publish' | 'spublish'
  /** Named by ioredis in its errors, which may end up in a log: so none. */
  readonly args: readonly never[] = []
  /** For ioredis: nothing is left to trace. Its tracing waits for a promise. */
  readonly isTraced = true
  readonly inTransaction = false
  readonly #link: PublishingLink
  readonly #channel: string
  readonly #payload: string | Buffer
  readonly #done: Published

  constructor(
    link: PublishingLink,
    name: 'publish' | 'spublish',
    channel: string,
    payload: string | Buffer,
    done: Published,
  ) {
    this.#link = link
    this.name = name
    this.#channel = channel
    this.#payload = payload
    this.#done = done
  }

  /** The reply is a number in any protocol. */
  setReplyContext(): void {}

  /** As https://redis.io/docs/latest/develop/reference/protocol-spec/#bulk-strings has it. */
  toWritable(): string | Buffer {
    const channel = this.#channel
    const payload = this.#payload
    const size = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
    const head = `*3\r\n$${this.name.length}\r\n${this.name}\r\n$${Buffer.byteLength(channel)}\r\n${channel}\r\n$${size}\r\n`
    if (typeof payload === 'string') return `${head}${payload}\r\n`
    return Buffer.concat([Buffer.from(head), payload, LINE_END])
  }

  resolve(receivers: unknown): void {
    this.#done(this.#link.settled(undefined), Number(receivers))
  }

  reject(error: unknown): void {
    this.#done(this.#link.settled(error), 0)
  }
}

const LINE_END = Buffer.from('\r\n')

/** For `sendCommand` of ioredis. `done` is called once, also when the link is lost. */
export function publishCommand(...args: ConstructorParameters<typeof PublishCommand>): Command {
  // Its type asks for the private members of ioredis' class; its code does not.
  return new PublishCommand(...args) as unknown as Command
}

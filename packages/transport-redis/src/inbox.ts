import { randomBytes } from 'node:crypto'
import type { IncomingReply } from '@botbus/core'
import { readReply } from './frames.ts'
import { inboxChannel } from './names.ts'

const ADDRESS = /^_inbox\/([0-9a-f]{32})\/([0-9a-f]{32})$/

/**
 * Where replies arrive: all on one channel of this process, whose name cannot be guessed and is the same after a reconnect. The address
 * of a reply is `_inbox/{client}/{id}`.
 */
export class Inbox {
  readonly channel: string
  readonly #prefix: string

  constructor() {
    const client = randomBytes(16).toString('hex')
    this.channel = inboxChannel(client)
    this.#prefix = `_inbox/${client}/`
  }

  replyAddress(id: string): string {
    return this.#prefix + id
  }

  read(message: Buffer): IncomingReply {
    return readReply(message)
  }

  /** The channel and the call of a reply address of anybody's inbox; undefined for any other address. */
  static targetOf(replyTo: string): { channel: string; id: string } | undefined {
    const [, client, id] = ADDRESS.exec(replyTo) ?? []
    return client === undefined || id === undefined ? undefined : { channel: inboxChannel(client), id }
  }
}

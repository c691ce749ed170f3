/** The brokers that work is measured on. */
export const BROKERS = ['mqtt', 'amqp', 'redis', 'kafka'] as const
export type BrokerKind = (typeof BROKERS)[number]

/** One way of doing the work: a library with its settings, or code written by hand on a raw client. */
export interface Contender {
  /** As it stands in the tables: `ours`, `floor`, `nestjs`. */
  readonly name: string
  /** The libraries whose versions are reported. */
  readonly packages: readonly string[]
  /** One line per broker that it runs on: its settings, and what is not the same as in ours. */
  readonly settings: Readonly<Partial<Record<BrokerKind, string>>>
  open(options: PeerOptions): Promise<Peer>
}

export interface PeerOptions {
  readonly broker: BrokerKind
  /** Of a broker on this machine, without credentials: `mqtt://127.0.0.1:1883`. */
  readonly url: string
}

/**
 * One process's end of a contender. A process is a server, a caller, a subscriber or a publisher, or several of these; each is
 * opened by its first use. Addresses and topics are written with `/`; a contender translates them to its own form.
 */
export interface Peer {
  /** Resolves when calls are answered, with what `answer` returns. Called at most once for an address. */
  serve(address: string, answer: (request: unknown) => unknown): Promise<void>
  /** The decoded reply. Rejects when it is known to be lost; may also never settle. */
  call(address: string, request: unknown): Promise<unknown>
  /** Resolves when the broker has granted all patterns (`+` is one level). `onMessage` gets the decoded message. Called at most once. */
  subscribe(patterns: readonly string[], onMessage: (message: unknown) => void): Promise<void>
  /** Returns, or resolves, when the next one may be published. At most once delivery (QoS 0). */
  publish(topic: string, message: unknown): Promise<unknown> | undefined
  /** Resolves when nothing of it is left open. */
  close(): Promise<void>
}

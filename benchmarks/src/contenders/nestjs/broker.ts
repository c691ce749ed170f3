import type { INestMicroservice } from '@nestjs/common'
import type { ClientProxy, MicroserviceOptions } from '@nestjs/microservices'

/** `ClientKafkaProxy` is no `ClientProxy`. */
export type Client = Pick<ClientProxy, 'connect' | 'close' | 'send' | 'emit' | 'unwrap'>

/** How an application is configured for one broker, with its defaults or tuned. */
export interface Broker {
  /** What Nest calls a pattern: the address, the topic or the pattern in the broker's own form. */
  pattern(topic: string): string
  /** Of an application that answers calls of a pattern. */
  server(pattern: string): MicroserviceOptions
  /** Of an application that takes events of patterns. */
  subscriber(patterns: readonly string[]): MicroserviceOptions
  /** Not connected yet. */
  caller(pattern: string): Client
  /** Not connected yet. */
  publisher(topic: string): Client
  /** The data of an event, where it is not the message itself. */
  event?(topic: string, message: unknown): unknown
  /** What the broker must have before an application or a client starts. */
  prepare?(patterns: readonly string[], kind: 'calls' | 'events'): Promise<void>
  /** Resolves when the broker has granted what an application that listens has asked for. */
  granted?(application: INestMicroservice): Promise<void>
  connected?(client: Client): void
}

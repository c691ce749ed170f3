import type { Transport } from '@botbus/core'

/** Where a transport shall connect, in words that every transport knows; each subject turns it into its own options. */
export interface ConformanceTarget {
  readonly url: string
  readonly username?: string
  readonly password?: string
  readonly tls?: { readonly ca?: string; readonly servername?: string }
  /** Seconds. */
  readonly keepalive?: number
  /** Milliseconds. */
  readonly connectTimeout?: number
  /** Given only where the capability `lastWill` is true. */
  readonly lastWill?: { readonly topic: string; readonly payload: string }
}

export interface BrokerWishes {
  /** PEM texts. The broker speaks TLS only then, and its `url` names `localhost`. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Those who may connect; anybody else is refused then. */
  readonly users?: readonly { readonly username: string; readonly password: string }[]
  /**
   * A TCP proxy of the suite listens on this port of 127.0.0.1. Only a broker that tells its clients where to connect needs to
   * know it: clients that come through its `proxiedPort` must be sent to this one.
   */
  readonly advertisedPort?: number
}

/** A broker of the test's own. What it cannot do is left out, and the tests that need it are skipped. */
export interface ConformanceBroker extends AsyncDisposable {
  readonly url: string
  /** Its TCP port on 127.0.0.1. Left out by a broker without a network. */
  readonly port?: number
  /** What the proxy on `advertisedPort` relays to, when it is another port than `port`. */
  readonly proxiedPort?: number | undefined
  /** Ends it at once, as a crash would. Its data outlives that as far as its disk promises. */
  kill?(): Promise<unknown>
  /** Brings it back after `kill`, on the same port; resolves when it answers. */
  start?(): Promise<unknown>
  /** Stops it where it is: connections stay open, and nothing answers (SIGSTOP). */
  freeze?(): void
  thaw?(): void
}

/** A transport that shall be tested, and its broker. */
export interface ConformanceSubject {
  /** The column of the table. */
  readonly name: string
  transport(target: ConformanceTarget): Transport
  startBroker(wishes?: BrokerWishes): Promise<ConformanceBroker>
  /**
   * A module that exports `transport`, the function above, for tests that kill a process. Without it they are skipped.
   * TypeScript is read when Node does so.
   */
  readonly peer?: URL
  /** How often the resource test connects, 1,000 times if not said. For brokers where that would take minutes. */
  readonly rounds?: number
  /** How many queues, keys, groups or connections the broker holds now, to see whether any is left behind. */
  brokerResources?(broker: ConformanceBroker): Promise<number>
}

export interface BrokerOptions {
  /** Default: a free port. */
  port?: number
  /** Lines of the broker's own configuration file; they come last. */
  config?: readonly string[]
  /**
   * PEM texts. The listener speaks TLS only then, and `url` names `localhost`. With `ca`, clients must show a
   * certificate that it has signed.
   */
  tls?: { cert: string; key: string; ca?: string }
  /** Those who may connect; anybody else is refused then. Default: anybody may. */
  users?: readonly { username: string; password: string }[]
  /** Lets the broker outlive this process. Default: false. */
  detached?: boolean
}

export interface BrokerInstance extends AsyncDisposable {
  /** On loopback; without credentials. With `tls` its host is `localhost`, else 127.0.0.1. */
  readonly url: string
  readonly port: number
  /** `undefined` while it does not run. */
  readonly pid: number | undefined
  /** Its private folder: configuration, log and data; removed by `stop`. */
  readonly folder: string
  /** What the broker has written so far. */
  log(): string
  /** Starts it again on the same port with the same data after `kill`; resolves when it answers. Rejects when it runs. */
  start(): Promise<void>
  /**
   * Sends the signal (SIGKILL goes to each of its processes, any other to the main one) and resolves when all of them
   * have ended. Default: `SIGKILL`.
   */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Stops its processes where they are (SIGSTOP): connections stay open, and nothing answers. */
  freeze(): void
  thaw(): void
  /** Ends it in order if it runs, and starts it on the same port with the same configuration and data. */
  restart(): Promise<void>
  /** Ends it and removes its folder; a second call does nothing. */
  stop(): Promise<void>
}

export interface Launch {
  path: string
  args: readonly string[]
  /** Added to this process's environment. */
  env?: Readonly<Record<string, string | undefined>>
  /** Runs it as that user and group; the folder must be theirs then. Default: those of this process. */
  uid?: number
  gid?: number
  /** Further ports that it listens on. */
  ports?: readonly number[]
  /** Whether it serves now; asked every 20 ms. Default: whether its port accepts a connection. */
  isReady?: () => Promise<boolean>
  /** Further properties of the instance. */
  extra?: object
}

/** What a kind of broker says of itself, for `startBroker` to run it. */
export interface BrokerKind<Options extends BrokerOptions = BrokerOptions> {
  /** For messages, and in lower case for its folder. */
  name: string
  schemes: { plain: string; tls: string }
  /** In ms; default 15 s. */
  startTimeout?: number
  /** What asks it to end; default SIGTERM. */
  stopSignal?: NodeJS.Signals
  /** From then to SIGKILL, in ms; default 10 s. */
  stopTimeout?: number
  /** Finds the program and writes its configuration into `folder`, which is also its working directory. Called once. */
  prepare(broker: { url: string; port: number; folder: string; options: Options }): Promise<Launch>
}

/** Starts a broker of your own; resolves when it answers. It ends with this process at the latest. */
export function startBroker<Options extends BrokerOptions>(
  kind: BrokerKind<Options>,
  options?: Options,
): Promise<BrokerInstance>

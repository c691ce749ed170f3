export interface MosquittoOptions {
  /** Default: a free port. */
  port?: number
  /**
   * Lines of mosquitto.conf, put after our `listener` line, so that per-listener settings (`cafile`, `certfile`, `keyfile`,
   * `require_certificate`) apply to it. `allow_anonymous`, `persistence` and `user` given here replace our defaults.
   */
  config?: readonly string[]
  /** Lets the broker outlive this process. Default: false. */
  detached?: boolean
}

export interface MosquittoInstance extends AsyncDisposable {
  /** `mqtt://127.0.0.1:PORT`; write `mqtts://localhost:PORT` yourself when `config` turns TLS on. */
  readonly url: string
  readonly port: number
  /** `undefined` while it does not run. */
  readonly pid: number | undefined
  /** Its private folder: configuration and log; removed by `stop`. */
  readonly folder: string
  /** What Mosquitto has written so far. */
  log(): string
  /** Starts it again on the same port after `kill`; resolves when it listens. Rejects when it runs. */
  start(): Promise<void>
  /** Sends the signal and resolves when the process has ended. Default: `SIGKILL`. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Ends it if it runs, and starts it on the same port with the same configuration. */
  restart(): Promise<void>
  /** Ends it and removes its folder; a second call does nothing. */
  stop(): Promise<void>
}

/** Starts a Mosquitto of your own; resolves when it listens. It ends with this process at the latest. */
export function startMosquitto(options?: MosquittoOptions): Promise<MosquittoInstance>

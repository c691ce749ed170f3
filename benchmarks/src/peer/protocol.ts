/*
 * How the benchmark talks to its peers: one JSON object per line, commands on stdin, answers on stdout. A peer is a process, so that
 * server and client share neither a processor's time nor a heap, and so that commlib-py speaks the same.
 */

/** What a peer is told to do. Each is answered once, before the next one is sent; `credit` has no answer. */
export type Command =
  /** Answers calls of `address` with `reply`. With `bots`, one address for each of them: its number, in five digits, is `{bot}`. */
  | {
      readonly do: 'serve'
      readonly address: string
      readonly reply: unknown
      readonly bots?: BotNumbers
    }
  /**
   * Calls, `inFlight` of them at once, each followed by the next, for `seconds` or `count` calls, whichever comes first. Ends when all are
   * answered, or when there has been no reply for two seconds after the last request (or for five seconds), or four seconds after `seconds`.
   */
  | ({ readonly do: 'call'; readonly address: string; readonly request: unknown; readonly inFlight: number } & Amount)
  /** Counts messages and reports them by `received`. */
  | { readonly do: 'subscribe'; readonly patterns: readonly string[] }
  /**
   * Publishes the messages in turn, for `seconds`, with at most `window` of them not reported as received. Ends when all are received, or
   * when nothing has been received for two seconds.
   */
  | {
      readonly do: 'publish'
      readonly messages: readonly Outgoing[]
      readonly seconds: number
      readonly window: number
    }
  | { readonly do: 'usage' }
  | { readonly do: 'close' }
  | Credit

/** So many of the messages have been received in all. */
export interface Credit {
  readonly do: 'credit'
  readonly received: number
}

export interface Amount {
  readonly seconds?: number
  readonly count?: number
}

/** `to` is the first one that is not meant. */
interface BotNumbers {
  readonly from: number
  readonly to: number
}

/** `{bot}` in the topic is the number of the message modulo `bots`, in five digits. */
export interface Outgoing {
  readonly topic: string
  readonly bots: number
  readonly message: unknown
}

/** Answer to `call`. Times in ms. */
export interface CallResult {
  readonly calls: number
  /** From the first request to the last reply. */
  readonly duration: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Calls that took 35 ms or longer. */
  readonly slow: number
  /** Calls without a reply, and those whose reply is not what was expected. */
  readonly lost: number
  /** What the first call that was rejected was rejected with. */
  readonly reason?: string
}

/** Answer to `publish`. Times in ms. */
export interface PublishResult {
  readonly published: number
  readonly received: number
  /** From the first publish to the last receipt. */
  readonly duration: number
}

/** Answer to `usage`. */
export interface UsageResult {
  /** User and system time of the process since it began. */
  readonly cpuSeconds: number
  /** The highest resident size since the last `usage`, looked at every 20 ms. */
  readonly peakBytes: number
}

/** What a peer writes: `ready` once it runs, the answer to a command, and how many messages it has received (every 200, and when it has waited 10 ms). */
export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'received'; readonly count: number }

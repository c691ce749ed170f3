import { Bridge, lastWill } from '@botbus/bridge'
import { type BotbusConfig, openBus, withoutCredentials } from '@botbus/config'
import type { Bus } from '@botbus/core'
import type { PaperBot } from '../paper-bot.ts'
import { chooseBroker } from './broker.ts'

export interface ConnectionOptions {
  readonly bot: PaperBot
  /** Its broker and the rules of its bus. The bridge's switches come from the bot: they change while it runs. */
  readonly config: BotbusConfig
  /** For people, on standard error. */
  readonly say: (text: string) => void
}

/** The bot's bridge to its broker: what `mqtt_start` and `mqtt_stop` switch. */
export class Connection {
  readonly #options: ConnectionOptions
  #opening: AbortController | undefined
  #opened: { readonly bus: Bus; readonly bridge: Bridge } | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** Without user and password. */
  get url(): string {
    const { url } = chooseBroker(this.#options.config.broker, this.#options.bot.settings)
    return withoutCredentials(url.replace(/^embedded:(?=\d)/i, 'mqtt://127.0.0.1:'))
  }

  get state(): 'closed' | 'waiting' | 'open' {
    if (this.#opening) return 'waiting'
    return this.#opened ? 'open' : 'closed'
  }

  /** Waits for the broker for as long as it takes; `close` gives up. Rejects when the broker or a setting is refused. */
  async open(): Promise<void> {
    if (this.#opened || this.#opening) return
    const { bot, config, say } = this.#options
    const settings = bot.settings.bridge
    const { id } = bot.settings
    const opening = new AbortController()
    this.#opening = opening
    let isTold = false
    try {
      const bus = await openBus(chooseBroker(config.broker, bot.settings), {
        ...(config.replyPrefixes ? { replyPrefixes: config.replyPrefixes } : {}),
        namespaces: [settings.namespace],
        lastWill: lastWill({ id, namespace: settings.namespace }),
        waitForBroker: true,
        signal: opening.signal,
        onAttempt: (error) => {
          // The transport's message names the broker.
          if (!isTold) say(`waiting for the broker ${error.message}`)
          isTold = true
        },
      })
      try {
        const bridge = new Bridge({
          bus,
          bot,
          id,
          settings,
          warn: (message, error) => say(`warning: ${describe(message, error)}`),
        })
        await bridge.start()
        opening.signal.throwIfAborted()
        this.#opened = { bus, bridge }
        bot.attach(bridge)
      } catch (error) {
        await bus.close()
        throw error
      }
    } finally {
      this.#opening = undefined
    }
  }

  /** Says goodbye. Does nothing when it is closed. */
  async close(): Promise<void> {
    this.#opening?.abort()
    const opened = this.#opened
    this.#opened = undefined
    if (!opened) return
    try {
      await opened.bridge.stop()
    } finally {
      this.#options.bot.attach(undefined)
      await opened.bus.close()
    }
  }
}

function describe(message: string, error: unknown): string {
  return error instanceof Error ? `${message}: ${error.message}` : message
}

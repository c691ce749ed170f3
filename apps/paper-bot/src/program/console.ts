import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { BotbusError, messageOf } from '@botbus/core'
import { COMMAND_LINES } from '../commands/command-line.ts'
import type { PaperBot } from '../paper-bot.ts'
import type { Connection } from './connection.ts'

export interface ConsoleOptions {
  readonly input: Readable
  readonly bot: PaperBot
  readonly connection: Connection
  /** Answers for people. */
  readonly say: (text: string) => void
  readonly exit: () => void
}

/** Takes commands from standard input, one line each, one at a time. The end of the input ends nothing else. */
export class Console {
  readonly #options: ConsoleOptions
  readonly #ending = new AbortController()
  #last: Promise<void> = Promise.resolve()

  constructor(options: ConsoleOptions) {
    this.#options = options
    const { input } = options
    const lines = createInterface({ input })
    this.#ending.signal.addEventListener('abort', () => {
      lines.close()
      input.destroy()
    })
    lines.on('line', (line) => {
      // Neither waits behind an mqtt_start that waits for a broker.
      if (line.trim() === 'exit') options.exit()
      else if (line.trim() === 'mqtt_stop') void this.#run(line)
      else this.#last = this.#last.then(() => this.#run(line))
    })
  }

  close(): void {
    this.#ending.abort()
  }

  async #run(line: string): Promise<void> {
    const command = line.trim()
    if (command === '' || this.#ending.signal.aborted) return
    try {
      this.#options.say((await this.#execute(command)) || 'ok')
    } catch (error) {
      if (BotbusError.is(error) && error.code === 'CANCELLED') return
      this.#options.say(messageOf(error))
    }
  }

  async #execute(command: string): Promise<string> {
    const { bot, connection } = this.#options
    switch (command) {
      case 'mqtt_start':
        if (connection.state === 'open') return 'The bridge is already running.'
        if (connection.state === 'waiting') return `The bridge waits for ${connection.url}.`
        await connection.open()
        return `The bridge runs on ${connection.url}.`
      case 'mqtt_stop':
        await connection.close()
        return 'The bridge is stopped.'
      case 'help':
        return ['mqtt_start', 'mqtt_stop', 'exit', ...COMMAND_LINES].join('\n')
      default:
        return bot.runLine(command, this.#ending.signal)
    }
  }
}

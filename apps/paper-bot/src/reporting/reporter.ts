import type { BotPublisher } from '@botbus/bridge'

/** Where the bot tells what happens. The publisher comes later than the bot, and may go and come again; nothing is kept for it. */
export class Reporter implements Omit<BotPublisher, 'statusUpdate'> {
  #publisher: BotPublisher | undefined

  attach(publisher: BotPublisher | undefined): void {
    this.#publisher = publisher
  }

  event(type: string, data: Record<string, unknown>): void {
    this.#publisher?.event(type, data)
  }

  notify(text: string): void {
    this.#publisher?.notify(text)
  }

  performance(report: Parameters<BotPublisher['performance']>[0]): void {
    this.#publisher?.performance(report)
  }

  /** What `pinoDestination` of `@botbus/bridge` writes to. */
  log(record: Parameters<BotPublisher['log']>[0]): void {
    this.#publisher?.log(record)
  }
}

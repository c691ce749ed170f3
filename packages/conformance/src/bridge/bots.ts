import { type Bot, BotClient, type BotDirectory, Bridge, type BridgeOptions, discoverBots } from '@botbus/bridge'
import type { Party, Stage } from '../stage/stage.ts'

/** What tests of bots need around them. All of it ends with the test that made it. */
export class Bots {
  readonly stage: Stage
  /** What the bridges warned of. */
  readonly warnings: string[] = []

  constructor(stage: Stage) {
    if (!stage.capabilities.wildcards) stage.skip('bots need subscriptions with wildcards')
    this.stage = stage
  }

  /** An id that no other test uses. */
  id(name: string): string {
    return `${name}-${this.stage.prefix}`
  }

  /** A bridge on a bus of its own, unless one is given. */
  async bridge(bot: Bot, options: Partial<BridgeOptions> = {}): Promise<Bridge> {
    const bus = options.bus ?? (await this.stage.open()).bus
    const warn = (message: string): void => void this.warnings.push(message)
    const bridge = new Bridge({ id: this.id('bot'), warn, ...options, bus, bot })
    this.stage.keep(bridge)
    await bridge.start()
    return bridge
  }

  /** A controller of that bot, on a bus of its own unless one is given. */
  async client(id: string = this.id('bot'), party?: Party): Promise<BotClient> {
    const { bus } = party ?? (await this.stage.open())
    return new BotClient(bus, id)
  }

  async directory(): Promise<BotDirectory> {
    const { bus } = await this.stage.open()
    return this.stage.keep(await discoverBots(bus))
  }
}

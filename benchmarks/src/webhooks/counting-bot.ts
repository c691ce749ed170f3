import { Bridge } from '@botbus/bridge'
import { openBus } from '@botbus/config'

/** A bot that takes orders, and counts them by the id of their alert. */
export interface CountingBot extends AsyncDisposable {
  /** How many orders came, those that came twice twice. */
  readonly received: number
  /** How many different ones of these ids. */
  countOf(ids: readonly string[]): number
  /** How many came more than once. */
  readonly duplicates: number
  /** When the last one came, as `performance.now()` tells the time. */
  readonly lastAt: number
}

export async function startCountingBot(brokerUrl: string): Promise<CountingBot> {
  const orders = new Map<string, number>()
  let received = 0
  let lastAt = performance.now()
  const bus = await openBus(brokerUrl)
  const bridge = new Bridge({
    bus,
    id: 'alpha',
    bot: {
      externalEvent(_, event) {
        const { id } = event.data as { id?: unknown }
        received++
        lastAt = performance.now()
        orders.set(String(id), (orders.get(String(id)) ?? 0) + 1)
      },
    },
  })
  await bridge.start()
  return {
    get received() {
      return received
    },
    get lastAt() {
      return lastAt
    },
    get duplicates() {
      return received - orders.size
    },
    countOf: (ids) => ids.filter((id) => orders.has(id)).length,
    [Symbol.asyncDispose]: async () => {
      await bridge.stop()
      await bus.close()
    },
  }
}

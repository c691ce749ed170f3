import type { Bus } from '@botbus/core'

/** So many messages are on their way to the broker at once: no broker's queue overflows. */
const WINDOW = 100

/** Publishes the items in order, confirmed by the broker, some of them at once. */
export async function publishAll(bus: Bus, topic: string, items: readonly unknown[]): Promise<void> {
  for (let start = 0; start < items.length; start += WINDOW) {
    const window = items.slice(start, start + WINDOW)
    await Promise.all(window.map((item) => bus.publish(topic, item, { qos: 1 })))
  }
}

import type { Bus } from '@botbus/core'
import type { Store } from '@botbus/store'
import type { PluginStatus } from './host/plugin-host.ts'
import type { Readiness } from './http/own-app.ts'

/** Whether alerts and commands can be taken: the broker is connected, the store answers, every plugin runs. */
export async function readinessOf(
  bus: Pick<Bus, 'state'>,
  store: Pick<Store, 'ping'>,
  plugins: readonly PluginStatus[],
): Promise<Readiness> {
  const { status } = bus.state
  const isConnected = status === 'connected'
  const answers = await doesAnswer(store)
  const parts = plugins.map(({ name, state }) => [name, { ok: state === 'running', state }] as const)
  return {
    ready: isConnected && answers && parts.every(([, { ok }]) => ok),
    bus: { ok: isConnected, state: status },
    store: { ok: answers },
    plugins: Object.fromEntries(parts),
  }
}

async function doesAnswer(store: Pick<Store, 'ping'>): Promise<boolean> {
  try {
    await store.ping()
    return true
  } catch {
    // Why is for the log and the store's own reports; whoever asks here may be anybody.
    return false
  }
}

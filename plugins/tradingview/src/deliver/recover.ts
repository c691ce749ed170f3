import type { Execution, InboxEntry, PluginStore } from '@botbus/plugin'
import type { Journal } from './journal.ts'
import { deliveryOf, type Task, type Unavailable } from './task.ts'

/** So many entries are looked up together: a start may find 10,000. */
const AT_ONCE = 200
const LEFT_OVER = 'the server ended while it was under way: it may have run'

/**
 * What an earlier run left behind. What waited is returned, in the order in which it was planned; what was sent, or about to
 * be, ends as `unknown` and is never sent again.
 */
export async function recover(
  store: PluginStore,
  journal: Journal,
  unavailable: (route: string) => Unavailable,
): Promise<readonly Task[]> {
  const [sent, pending] = [await store.executions.open(['sent']), await store.executions.open(['pending'])]
  const entries = await entriesOf(store, [...sent, ...pending])
  const toTask = (execution: Execution): Task => {
    const { id, lane, cause, expiresAt, createdAt } = execution
    const { source = '', sender = '', receivedAt = createdAt } = entries.get(cause) ?? {}
    const delivery = deliveryOf(execution)
    return { id, lane, cause, source, sender, receivedAt, expiresAt, delivery, unavailable: unavailable(source) }
  }
  for (const execution of sent) {
    journal.end(toTask(execution), { code: 'OUTCOME_UNKNOWN', result: { status: 'unknown', reason: LEFT_OVER } })
  }
  await journal.settled()
  return pending.map(toTask)
}

async function entriesOf(store: PluginStore, executions: readonly Execution[]): Promise<Map<string, InboxEntry>> {
  const entries = new Map<string, InboxEntry>()
  const causes = [...new Set(executions.map(({ cause }) => cause))]
  for (let start = 0; start < causes.length; start += AT_ONCE) {
    const found = await Promise.all(causes.slice(start, start + AT_ONCE).map((cause) => store.inbox.get(cause)))
    for (const entry of found) if (entry) entries.set(entry.id, entry)
  }
  return entries
}

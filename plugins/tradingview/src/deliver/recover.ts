import type { Execution, InboxEntry, PluginStore } from '@botbus/plugin'
import type { Journal } from './journal.ts'
import { deliveryOf, type Task, type Unavailable } from './task.ts'

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
  const entries = new Map<string, InboxEntry | undefined>()
  const toTask = async (execution: Execution): Promise<Task> => {
    const { id, lane, cause, expiresAt, createdAt } = execution
    if (!entries.has(cause)) entries.set(cause, await store.inbox.get(cause))
    const { source = '', sender = '', receivedAt = createdAt } = entries.get(cause) ?? {}
    const delivery = deliveryOf(execution)
    return { id, lane, cause, source, sender, receivedAt, expiresAt, delivery, unavailable: unavailable(source) }
  }
  for (const execution of await store.executions.open(['sent'])) {
    journal.end(await toTask(execution), { code: 'OUTCOME_UNKNOWN', result: { status: 'unknown', reason: LEFT_OVER } })
  }
  await journal.settled()
  const tasks: Task[] = []
  for (const execution of await store.executions.open(['pending'])) tasks.push(await toTask(execution))
  return tasks
}

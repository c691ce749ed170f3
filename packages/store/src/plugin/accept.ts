import { BotbusError } from '@botbus/core'
import type { Acceptance, Guard } from '@botbus/plugin'
import type { Writing } from '../database/engine.ts'
import type { Batch } from '../database/group-commit.ts'
import { insertAll } from '../database/insert.ts'
import type { ExecutionRow, GuardRow, InboxRow } from '../database/tables.ts'

export interface AcceptOptions {
  readonly plugin: string
  readonly maxPending: number
  readonly nextId: () => string
}

/** Checked, and without secrets. */
export interface ReadyEntry {
  readonly row: Omit<InboxRow, 'id' | 'plugin'>
  readonly guards: readonly Guard[]
  readonly executions: readonly Pick<ExecutionRow, 'lane' | 'target' | 'operation' | 'payload' | 'expires_at'>[]
}

/** As many keys are looked up at once. */
const KEYS = 500

/**
 * Entries in their order: each sees the guards of those before it. Nobody else writes meanwhile, so what was looked up first is true until
 * the end.
 */
export function acceptAll(options: AcceptOptions): Batch<ReadyEntry, Acceptance> {
  const { plugin, maxPending, nextId } = options
  return async (transaction, entries) => {
    const now = Date.now()
    const held = await readHeld(transaction, plugin, entries, now)
    const isPlanning = entries.some(({ executions }) => executions.length > 0)
    let pending = isPlanning ? await countPending(transaction, plugin) : 0
    const inbox: InboxRow[] = []
    const guards = new Map<string, GuardRow>()
    const planned: ExecutionRow[] = []

    const accept = (entry: ReadyEntry): Acceptance | BotbusError => {
      const holder = entry.guards.map(({ key }) => held.get(key)).find((first) => first !== undefined)
      if (holder !== undefined) return { status: 'duplicate', id: holder }
      if (entry.executions.length > 0 && pending + entry.executions.length > maxPending) return tooMany(maxPending)
      pending += entry.executions.length
      const id = nextId()
      inbox.push({ id, plugin, ...entry.row })
      for (const { key, until } of entry.guards) {
        if (until <= now) continue
        held.set(key, id)
        // Of two guards with one key in an entry, the longer one counts.
        guards.set(key, { plugin, key, until: Math.max(until, guards.get(key)?.until ?? 0), entry: id })
      }
      const executions = entry.executions.map((execution) => {
        const row = { id: nextId(), plugin, cause: id, status: 'pending', created_at: now, ...execution }
        planned.push({ ...row, sent_at: null, ended_at: null, reply: null, reason: null })
        return row.id
      })
      return { status: 'stored', id, executions }
    }

    const outcomes = entries.map(accept)
    await insertAll(transaction, 'alerts_inbox', inbox)
    await writeGuards(transaction, [...guards.values()])
    await insertAll(transaction, 'executions', planned)
    return outcomes
  }
}

function tooMany(maxPending: number): BotbusError {
  return new BotbusError('RESOURCE_EXHAUSTED', `${maxPending} executions wait already, which is as many as may`)
}

/** The entries that hold the guards of these, by key. */
async function readHeld(
  transaction: Writing,
  plugin: string,
  entries: readonly ReadyEntry[],
  now: number,
): Promise<Map<string, string>> {
  const keys = [...new Set(entries.flatMap(({ guards }) => guards.map(({ key }) => key)))]
  const held = new Map<string, string>()
  for (let start = 0; start < keys.length; start += KEYS) {
    const rows = await transaction
      .selectFrom('guards')
      .select(['key', 'entry'])
      .where('plugin', '=', plugin)
      .where('key', 'in', keys.slice(start, start + KEYS))
      .where('until', '>', now)
      .execute()
    for (const { key, entry } of rows) held.set(key, entry)
  }
  return held
}

async function countPending(transaction: Writing, plugin: string): Promise<number> {
  const { count } = await transaction
    .selectFrom('executions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('plugin', '=', plugin)
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow()
  return count
}

/** Those that have run out, and are not cleared away yet, are taken over. */
async function writeGuards(transaction: Writing, rows: readonly GuardRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += KEYS) {
    await transaction
      .insertInto('guards')
      .values(rows.slice(start, start + KEYS))
      .onConflict((conflict) =>
        conflict.columns(['plugin', 'key']).doUpdateSet(({ ref }) => ({
          until: ref('excluded.until'),
          entry: ref('excluded.entry'),
        })),
      )
      .execute()
  }
}

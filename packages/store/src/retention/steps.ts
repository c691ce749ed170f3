import type { Writing } from '../database/engine.ts'

/** So many rows are removed in one transaction; others get their turn in between. */
export const STEP = 500

export interface Limits {
  /** In milliseconds. */
  readonly age: number
  readonly deadLetters: number
}

/** Removes at most `STEP` rows, or a few more that end in the same millisecond; resolves with their number. */
export type Step = (transaction: Writing, limits: Limits, now: number) => Promise<number>

export const STEPS: readonly Step[] = [
  removeGuards,
  removeExecutions,
  removeInboxEntries,
  removeDeadLetters,
  removeSessions,
]

async function removeGuards(transaction: Writing, _limits: Limits, now: number): Promise<number> {
  const oldest = await transaction
    .selectFrom('guards')
    .select('until')
    .where('until', '<=', now)
    .orderBy('until')
    .limit(STEP)
    .execute()
  const last = oldest.at(-1)
  if (!last) return 0
  await transaction.deleteFrom('guards').where('until', '<=', last.until).execute()
  return oldest.length
}

async function removeExecutions(transaction: Writing, { age }: Limits, now: number): Promise<number> {
  const rows = await transaction
    .selectFrom('executions')
    .select('id')
    .where('ended_at', '<', now - age)
    .limit(STEP)
    .execute()
  if (rows.length > 0) await transaction.deleteFrom('executions').where('id', 'in', ids(rows)).execute()
  return rows.length
}

/** An entry stays as long as one of its executions. */
async function removeInboxEntries(transaction: Writing, { age }: Limits, now: number): Promise<number> {
  const rows = await transaction
    .selectFrom('alerts_inbox')
    .select('id')
    .where('received_at', '<', now - age)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('executions').select('executions.id').whereRef('cause', '=', 'alerts_inbox.id'))),
    )
    .limit(STEP)
    .execute()
  if (rows.length > 0) await transaction.deleteFrom('alerts_inbox').where('id', 'in', ids(rows)).execute()
  return rows.length
}

async function removeDeadLetters(transaction: Writing, { deadLetters }: Limits): Promise<number> {
  const plugins = await transaction.selectFrom('dead_letters').select('plugin').distinct().execute()
  let removed = 0
  for (const { plugin } of plugins) {
    const newestOfTooMany = await transaction
      .selectFrom('dead_letters')
      .select('id')
      .where('plugin', '=', plugin)
      .orderBy('id', 'desc')
      .offset(deadLetters)
      .limit(1)
      .executeTakeFirst()
    if (!newestOfTooMany) continue
    const rows = await transaction
      .selectFrom('dead_letters')
      .select('id')
      .where('plugin', '=', plugin)
      .where('id', '<=', newestOfTooMany.id)
      .orderBy('id')
      .limit(STEP)
      .execute()
    await transaction.deleteFrom('dead_letters').where('id', 'in', ids(rows)).execute()
    removed = Math.max(removed, rows.length)
  }
  return removed
}

async function removeSessions(transaction: Writing, _limits: Limits, now: number): Promise<number> {
  const rows = await transaction
    .selectFrom('sessions')
    .select('id_hash')
    .where('expires_at', '<=', now)
    .limit(STEP)
    .execute()
  const hashes = rows.map(({ id_hash }) => id_hash)
  if (hashes.length > 0) await transaction.deleteFrom('sessions').where('id_hash', 'in', hashes).execute()
  return rows.length
}

function ids(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map(({ id }) => id)
}

import { expect } from 'vitest'
import type { AuditVerification, Store } from '../../src/index.ts'
import type { TestDatabase } from './databases.ts'

type Row = Readonly<Record<string, unknown>>

/** That all which was acknowledged is there, and nothing by halves. */
export async function assertKept(
  store: Store,
  { sql }: Pick<TestDatabase, 'sql'>,
  lines: readonly (readonly string[])[],
): Promise<AuditVerification> {
  const [inbox, guards, executions, letters, audit] = await Promise.all([
    sql('select id, source from alerts_inbox'),
    sql('select key, entry from guards'),
    sql('select id, cause, status, sent_at, ended_at from executions'),
    sql('select id from dead_letters'),
    sql('select action from audit'),
  ])
  const entries = new Map(inbox.map((row) => [row['id'], row]))
  const holders = new Map(guards.map((row) => [row['entry'], row['key']]))
  const planned = new Map(executions.map((row) => [row['id'], row]))
  const known = new Set([...letters.map((row) => row['id']), ...audit.map((row) => row['action'])])

  const lost = lines.filter(([kind, id = '', key, ...ids]) => {
    if (kind === 'accept') return entries.get(id)?.['source'] !== key || ids.some((each) => !planned.has(each))
    if (kind === 'begin') return planned.get(id)?.['sent_at'] == null
    if (kind === 'end') return planned.get(id)?.['status'] !== 'succeeded'
    return (kind === 'letter' || kind === 'audit') && !known.has(id)
  })
  expect(lost).toEqual([])

  // Each entry came with its guard and two executions, all in one step.
  const plans = Map.groupBy(executions, (row) => row['cause'])
  const halves = inbox.filter(({ id, source }) => holders.get(id) !== source || plans.get(id)?.length !== 2)
  expect(halves).toEqual([])
  expect(guards).toHaveLength(inbox.length)
  expect(executions).toHaveLength(inbox.length * 2)
  expect(executions.filter((row) => !isConsistent(row))).toEqual([])

  const verification = await store.audit.verify()
  expect(verification).toMatchObject({ entries: audit.length })
  expect(verification).not.toHaveProperty('brokenAt')
  return verification
}

function isConsistent({ status, sent_at, ended_at }: Row): boolean {
  if (status === 'pending') return sent_at === null && ended_at === null
  return sent_at !== null && (status === 'succeeded') === (ended_at !== null)
}

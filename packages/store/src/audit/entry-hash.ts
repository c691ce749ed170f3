import { createHash } from 'node:crypto'
import type { AuditRow } from '../database/tables.ts'

/** What the hash of the first entry is computed with. */
export const START: string = '0'.repeat(64)

/** SHA-256 of the hash before and of all columns of the entry, as a JSON array without blanks. `detail` is the text as it is stored. */
export function hashEntry(previous: string, row: Omit<AuditRow, 'hash'>): string {
  const { sequence, at, actor, action, target, detail } = row
  const text = JSON.stringify([previous, sequence, at, actor, action, target, detail])
  return createHash('sha256').update(text).digest('hex')
}

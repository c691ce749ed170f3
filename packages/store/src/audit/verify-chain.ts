import type { AuditRow } from '../database/tables.ts'
import type { AuditVerification } from './audit.ts'
import { hashEntry, START } from './entry-hash.ts'

/** `readRows` gives the next rows from a sequence on, in order; none at the end. */
export async function verifyChain(
  readRows: (sequence: number) => Promise<readonly AuditRow[]>,
  expectedHead?: string,
): Promise<AuditVerification> {
  let entries = 0
  let head = START
  let isFound = expectedHead === undefined || expectedHead === START
  // Below 1 there is nothing: an entry there was put in by somebody else.
  for (let next = Number.MIN_SAFE_INTEGER; ; next = entries + 1) {
    const rows = await readRows(next)
    for (const row of rows) {
      const isNext = row.sequence === entries + 1
      if (!isNext || row.hash !== hashEntry(head, row)) return { entries, head, brokenAt: entries + 1 }
      entries++
      head = row.hash
      isFound ||= head === expectedHead
    }
    if (rows.length === 0) return isFound ? { entries, head } : { entries, head, brokenAt: entries + 1 }
  }
}

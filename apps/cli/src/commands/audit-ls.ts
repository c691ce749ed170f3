import type { AuditEntry } from '@botbus/plugin'
import type { Command } from 'commander'
import { integerFrom } from '../arguments/numbers.ts'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { withOutput } from '../local.ts'
import { say } from '../output/messages.ts'
import { cellOf, renderTable } from '../output/table.ts'
import { STORE_NOTE, withAudit } from './audit-store.ts'

interface ListOptions extends GlobalOptions {
  limit: number
  before?: number
}

export function addAuditList(parent: Command): void {
  const command = parent
    .command('ls')
    .description('List who did what, newest first')
    .option('-n, --limit <number>', 'how many entries', integerFrom('--limit', 1, 1_000), 50)
    .option('--before <sequence>', 'only those before this entry', integerFrom('--before', 1))
    .action((_: unknown, self: Command) => list(self.optsWithGlobals()))
  withExamples(
    command,
    ['botbus audit ls', 'botbus audit ls --limit 20 -o ndjson', 'botbus audit ls --before 100'],
    STORE_NOTE,
  )
}

async function list(options: ListOptions): Promise<void> {
  const { limit, before } = options
  await withOutput(options, async ({ output }) => {
    const entries = await withAudit(options, (audit) =>
      audit.list({ limit, ...(before === undefined ? {} : { before }) }),
    )
    if (entries.length === 0) say(before === undefined ? 'the audit log is empty' : `no entry before ${before}`)
    const values = entries.map(({ at, ...entry }) => ({ ...entry, at: new Date(at).toISOString() }))
    await output.printList(values, () => (entries.length === 0 ? '' : table(entries)))
  })
}

function table(entries: readonly AuditEntry[]): string {
  return renderTable(
    ['SEQUENCE', 'TIME', 'ACTOR', 'ACTION', 'TARGET', 'DETAIL'],
    entries.map(({ sequence, at, actor, action, target, detail }) => [
      String(sequence),
      new Date(at).toISOString(),
      actor,
      action,
      cellOf(target),
      cellOf(detail),
    ]),
  )
}

import type { AuditVerification } from '@botbus/store'
import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure, usage } from '../failure.ts'
import type { GlobalOptions } from '../global-options.ts'
import { withOutput } from '../local.ts'
import { showProgress } from '../output/progress.ts'
import { STORE_NOTE, withAudit } from './audit-store.ts'

interface VerifyOptions extends GlobalOptions {
  head?: string
}

const HASH = /^[0-9a-f]{64}$/i

export function addAuditVerify(parent: Command): void {
  const command = parent
    .command('verify')
    .description('Prove that no entry was changed, taken out or put in')
    .option('--head <hash>', 'a head that was printed earlier: it must still be there')
    .action((_: unknown, self: Command) => verify(self.optsWithGlobals()))
  withExamples(
    command,
    ['botbus audit verify', 'botbus audit verify -o json', 'botbus audit verify --head "$(cat head.txt)"'],
    'Each entry holds the hash of the one before. Exit code 1, and the place, where that does not hold. Whoever can write the\n' +
      'database could cut off the end, or compute all hashes again: note the head elsewhere, and give it as --head.\n' +
      STORE_NOTE,
  )
}

async function verify(options: VerifyOptions): Promise<void> {
  const { head } = options
  if (head !== undefined && !HASH.test(head)) throw usage('--head is a hash of 64 digits and letters a to f')
  await withOutput(options, async ({ output }) => {
    const endProgress = showProgress((seconds) => `reading the audit log … ${seconds} s`)
    const found = await withAudit(options, (audit) =>
      audit.verify(head === undefined ? {} : { expectedHead: head.toLowerCase() }),
    ).finally(endProgress)
    const { brokenAt } = found
    await output.print({ ...found, isWhole: brokenAt === undefined }, () =>
      brokenAt === undefined ? wholeText(found) : '',
    )
    if (brokenAt !== undefined) throw new Failure(EXIT.error, brokenText(found, brokenAt, head))
  })
}

function wholeText({ entries, head }: AuditVerification): string {
  return `${entries} ${entries === 1 ? 'entry' : 'entries'}, all as written\nhead ${head}`
}

function brokenText({ entries }: AuditVerification, brokenAt: number, head: string | undefined): string {
  const good = entries === 0 ? 'none before it is proved' : `those up to ${entries} are as written`
  const hint = head !== undefined && brokenAt === entries + 1 ? ', or the log ends there, without the given head' : ''
  return `the audit log is broken: entry ${brokenAt} is missing or not as it was written${hint}; ${good}`
}

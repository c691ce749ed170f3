import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import { addAuditList } from './audit-ls.ts'
import { addAuditVerify } from './audit-verify.ts'

export function addAuditCommands(parent: Command): void {
  const audit = parent.command('audit').description("Read and prove the server's audit log")
  addAuditVerify(audit)
  addAuditList(audit)
  withExamples(audit, ['botbus audit verify', 'botbus audit ls --limit 20'])
}

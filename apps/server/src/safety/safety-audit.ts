import type { AuditRecord } from '@botbus/plugin'
import type { Audit, User } from '@botbus/store'
import { Buckets } from './buckets.ts'
import { FAILED_LOGIN_ENTRIES } from './limits.ts'

/** Writes who came in, who did not, and who changed accounts. */
export class SafetyAudit {
  readonly #audit: Pick<Audit, 'append'>
  readonly #failed: Buckets
  #unwritten = 0

  constructor(audit: Pick<Audit, 'append'>, now: () => number) {
    this.#audit = audit
    this.#failed = new Buckets(FAILED_LOGIN_ENTRIES, now)
  }

  append(record: AuditRecord): Promise<void> {
    return this.#audit.append(record)
  }

  /**
   * At most so many entries, whatever an attacker does; the next one tells how many are missing. A name that is nobody's is not
   * written: it may be a password in the wrong field.
   */
  async failed(action: string, address: string, user?: User): Promise<void> {
    if (!this.#failed.take('')) {
      this.#unwritten += 1
      return
    }
    const unwritten = this.#unwritten
    this.#unwritten = 0
    await this.#audit.append({
      actor: 'nobody',
      action,
      ...(user === undefined ? {} : { target: `user:${user.name}` }),
      detail: { address, ...(unwritten === 0 ? {} : { unwritten }) },
    })
  }
}

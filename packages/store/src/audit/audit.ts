import type { AuditEntry, AuditLog } from '@botbus/plugin'

export interface AuditVerification {
  /** How many entries are as they were written, from the first on. */
  readonly entries: number
  /** The hash of the last of them; 64 zeros when there is none. */
  readonly head: string
  /** The sequence of the first entry that is not as it was written, or is missing. */
  readonly brokenAt?: number
}

/** The audit log of all plugins and of all servers on one database. */
export interface Audit extends AuditLog {
  /** Oldest first, from that sequence on; at most `limit`, default 1,000. */
  readFrom(sequence: number, options?: { readonly limit?: number }): Promise<readonly AuditEntry[]>
  /**
   * Reads the whole log and computes each hash again. A log that was cut off at its end is whole in itself: `expectedHead`, a hash
   * noted earlier, must be in it, else `brokenAt` is the sequence after the last.
   */
  verify(options?: { readonly expectedHead?: string }): Promise<AuditVerification>
}

import type { Capabilities } from '@botbus/core'

/** What the reporter reads of each test. */
export interface ConformanceMeta {
  /** The column of the table. */
  readonly subject: string
  /** The row: 1 to 28, or `bridge`. */
  readonly item: number | 'bridge'
  readonly capabilities: Capabilities
  readonly notes: string[]
}

declare module 'vitest' {
  interface TaskMeta {
    conformance?: ConformanceMeta
  }
}

import type { Plan } from '../plan.ts'
import type { Environment } from '../versions.ts'

/** The first object of the JSON file. */
export interface Header extends Environment {
  readonly type: 'header'
  readonly command: string
  /** When it began. */
  readonly date: string
  /** Of the whole run, in seconds. */
  readonly duration: number
  readonly plan: Plan
  /** Product and version by name of the broker. */
  readonly brokers: Readonly<Record<string, string>>
}

import type { JsonObject, JsonValue } from '@botbus/plugin'
import type { AlertCode } from '../codes.ts'
import type { Plan } from '../delivery.ts'
import type { Signal } from '../signal.ts'

/** Why something is refused. */
export interface Refusal {
  readonly code: AlertCode
  readonly message: string
}

/** How a rule came off. The first that matches counts; those behind it are not looked at. */
export type RuleExplanation =
  | { readonly rule: string; readonly verdict: 'matches' | 'not reached' }
  | {
      readonly rule: string
      readonly verdict: 'does not match'
      /** The first condition that did not hold. */
      readonly condition: string
      readonly wanted: string
      /** Missing where the alert has no such value. */
      readonly found?: JsonValue
    }

/** What would become of one alert of a body. */
export interface AlertExplanation {
  /** `json`, `key-value`, ... */
  readonly dialect: string
  /** What was read, the secret taken out. */
  readonly fields: JsonObject
  /** Whether the alert shows a secret, and the right one where that was checked. */
  readonly secret: 'accepted' | 'wrong' | 'present' | 'missing' | 'not needed'
  /** Missing where the alert was not understood, and for drop-ins, which have no rules. */
  readonly signal?: Signal
  /** Milliseconds, where the alert has a time; below 0 for a time that lies ahead. */
  readonly age?: number
  readonly rules: readonly RuleExplanation[]
  /** What would be sent; missing where the alert is refused. */
  readonly plan?: Plan
  /** Why the alert would be refused: the first reason only. */
  readonly refusal?: Refusal
}

/** What a route would do with a body, without doing it. Holds no secret. */
export interface Explanation {
  readonly enabled: boolean
  readonly dryRun: boolean
  /** In the order of the body; none where it could not be read. */
  readonly alerts: readonly AlertExplanation[]
  /** Why the body could not be read. */
  readonly refusal?: Refusal
  /** The HTTP answer, as far as it depends on body and rules: not on the address of the sender, on duplicates and on the store. */
  readonly status: number
  /** In one sentence. */
  readonly outcome: string
  /** What stands in the way of deliveries: bots that are not heard. */
  readonly warnings: readonly string[]
}

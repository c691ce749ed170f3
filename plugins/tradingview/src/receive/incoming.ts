import type { JsonObject } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import type { RouteConfig } from '../config/config.ts'
import type { Plan } from '../delivery.ts'
import { type DropInAlert, readDropIn } from '../dropin/read-drop-in.ts'
import { checkFresh } from '../read/check-fresh.ts'
import { generic } from '../read/formats/generic.ts'
import { assertNoPlaceholders } from '../read/placeholders.ts'
import { type ReadBodyOptions, readBody } from '../read/read-body.ts'
import { secretsIn, withoutSecrets as stripSecrets } from '../read/secret-of.ts'
import { toSignal } from '../read/to-signal.ts'
import { planAlert } from '../rules/plan-alert.ts'
import type { PlanContext } from '../rules/plan-context.ts'
import type { Fields, Signal } from '../signal.ts'
import { withoutSecrets } from './redacted.ts'

/** One alert of a body, and what its sender showed to be let in. */
export interface Incoming {
  readonly fields: Fields
  readonly presented: readonly string[]
}

/** One alert, understood. */
export interface Planned {
  /** For the store and for people. */
  readonly content: JsonObject
  /** What the sender calls it. */
  readonly id: string | undefined
  readonly plan: Plan
}

/** Throws an `AlertError`: `UNREADABLE`, or `PLACEHOLDER` where JSON broke on one. */
export function readIncoming(route: RouteConfig, body: Uint8Array, apiKey: string | undefined): readonly Incoming[] {
  const { dialect, columns, maxBatch, dropIn, format, secretField } = route
  // What a drop-in hands on, it hands on as it is.
  const options: ReadBodyOptions = dropIn
    ? { dialect: 'json', maxBatch, numbers: 'native' }
    : { dialect, maxBatch, ...(columns === undefined ? {} : { columns }) }
  const inUrl = dropIn === 'rogerthat' && apiKey !== undefined ? [apiKey] : []
  return readBody(body, options).map((fields) => ({
    fields,
    presented: [...inUrl, ...secretsIn(fields, dropIn ? 'generic' : format, secretField)],
  }))
}

interface PlanOptions {
  readonly context: PlanContext
  readonly now: number
  /** A replay is as old as it is: the operator has decided. */
  readonly isReplay?: boolean
}

/** What the route makes of an alert now. Throws an `AlertError`. */
export function planIncoming(route: RouteConfig, incoming: Incoming, options: PlanOptions): Planned {
  const { fields, presented } = incoming
  assertNoPlaceholders(fields)
  const freshness = { maxAge: route.maxAge * 1_000, futureSkew: route.futureSkew * 1_000 }
  const { context, now, isReplay = false } = options
  if (route.dropIn) {
    const { secretField } = route
    // What proves the sender is never handed on.
    const values = stripSecrets(fields.values, generic, secretField === undefined ? [] : [secretField])
    const alert: DropInAlert = readDropIn(route.dropIn, values, route, context)
    if (!isReplay) checkFresh({ format: route.dropIn, fields: {}, ...alert.time }, now, freshness)
    return { content: { fields: withoutSecrets(fields.values, presented) }, id: alert.id, plan: alert.plan }
  }
  const signal = signalOf(route, fields)
  if (!isReplay) checkFresh(signal, now, freshness)
  const plan = planAlert(signal, route, context)
  const content = { signal: withoutSecrets(signal as unknown as JsonObject, presented) }
  return { content, id: signal.id, plan }
}

/** The signal of an alert, by the settings of its route. Throws as `toSignal` does. */
export function signalOf(route: RouteConfig, fields: Fields): Signal {
  const { format, secretField, symbols } = route
  return toSignal(fields, { format, symbols, ...(secretField === undefined ? {} : { secretFields: [secretField] }) })
}

/** The alerts of a dead letter, as they were read, without their secrets. */
export function toLetterContent(incoming: readonly Incoming[]): JsonObject {
  return {
    alerts: incoming.map(({ fields, presented }) => ({
      dialect: fields.dialect,
      values: withoutSecrets(fields.values, presented),
    })),
  }
}

/** The other way. Throws `UNREADABLE` for a letter whose alerts could never be read. */
export function fromLetterContent(content: unknown): readonly Incoming[] {
  const alerts = (content as { alerts?: readonly Fields[] } | null)?.alerts
  if (!Array.isArray(alerts)) throw new AlertError('UNREADABLE', 'the alert of this dead letter could never be read')
  return alerts.map((fields: Fields) => ({ fields, presented: [] }))
}

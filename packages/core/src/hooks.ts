import { type BotbusError, messageOf } from './errors.ts'
import type { Headers } from './transport.ts'

/** Why something that arrived was not handed on. */
export type DropReason =
  | 'overflow'
  | 'invalid'
  | 'retained'
  | 'expired'
  | 'duplicate'
  | 'reflected'
  | 'dead_letter'
  | 'late_reply'
  | 'foreign_reply'

/** What happens on a bus, for metrics and logs. Durations are in milliseconds. */
export type BusEvent =
  | { readonly type: 'published'; readonly topic: string; readonly bytes: number }
  | { readonly type: 'delivered'; readonly topic: string; readonly bytes: number }
  | { readonly type: 'call'; readonly address: string; readonly duration: number; readonly error?: BotbusError }
  | { readonly type: 'request'; readonly address: string; readonly duration: number; readonly error?: unknown }
  | { readonly type: 'dropped'; readonly topic: string; readonly reason: DropReason; readonly error?: unknown }
  | { readonly type: 'listener_failed'; readonly topic: string; readonly error: unknown }
  | { readonly type: 'problem'; readonly error: BotbusError }

/** Where metrics and tracing attach. Core depends on no library for either. */
export interface BusHooks {
  /**
   * Called synchronously for each event; what it throws becomes a process warning. Without it, lost messages
   * and failed listeners are reported with `process.emitWarning`.
   */
  observe?(event: BusEvent): void
  /** Headers to send along with a call, such as `traceparent`. */
  inject?(address: string): Headers
  /** Runs a handler in the trace context that its request's headers name. */
  extract?<T>(headers: Headers, run: () => T): T
}

/** What a bus tells its events: its hook, which can do no harm, or else `warnOnLoss`. */
export function observerOf(hooks: BusHooks): (event: BusEvent) => void {
  if (!hooks.observe) return warnOnLoss()
  return (event) => {
    try {
      hooks.observe?.(event)
    } catch (error) {
      warn(`the observer failed${detail(error)}`)
    }
  }
}

/** As `observerOf`, for what went well: nobody warns of that. */
export function successObserverOf(hooks: BusHooks): ((event: BusEvent) => void) | undefined {
  return hooks.observe && observerOf(hooks)
}

/** The observer of a bus without one: silent on success, a warning for the first loss of each kind. */
function warnOnLoss(): (event: BusEvent) => void {
  const warned = new Set<string>()
  return (event) => {
    if (event.type === 'dropped') {
      if (event.reason === 'late_reply' || warned.has(event.reason)) return
      warned.add(event.reason)
      warn(`dropped a message on ${event.topic}: ${event.reason}${detail(event.error)}`)
    } else if (event.type === 'listener_failed') {
      warn(`a listener failed on ${event.topic}${detail(event.error)}`)
    } else if (event.type === 'problem') {
      warn(event.error.message)
    }
  }
}

/** Texts may quote what came from the network: control characters would rule the terminal. */
function warn(text: string): void {
  const shown = text.slice(0, 2_000).replace(/\p{Cc}|\p{Cf}/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
  process.emitWarning(shown, 'BotbusWarning')
}

function detail(error: unknown): string {
  return error === undefined ? '' : `: ${messageOf(error)}`
}

import { BotbusError } from './errors.ts'
import { assertGroup, assertPattern, isPattern } from './topics.ts'
import type { Transport } from './transport.ts'

/** Throws `INVALID_ARGUMENT` for what no broker would take, `UNSUPPORTED` for what this one cannot do. */
export function assertListenable(transport: Transport, pattern: string, group: string | undefined): void {
  const { name, capabilities } = transport
  assertPattern(pattern)
  if (isPattern(pattern) && !capabilities.wildcards) {
    throw new BotbusError('UNSUPPORTED', `${name} has no wildcard subscriptions: ${pattern}`)
  }
  if (group === undefined) return
  assertGroup(group)
  if (!capabilities.groups) throw new BotbusError('UNSUPPORTED', `${name} has no groups`)
}

/** Throws `UNSUPPORTED` where the broker keeps no messages. */
export function assertRetains(transport: Transport): void {
  if (!transport.capabilities.retained) throw new BotbusError('UNSUPPORTED', `${transport.name} keeps no messages`)
}

import { BotbusError, messageOf } from '@botbus/core'
import pg from 'pg'

/**
 * https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, resources, operator intervention, and time-outs of
 * locks and of idle transactions. 40: deadlocks, and standbys that cancel.
 */
const UNUSABLE = /^(08|53|57|40|55P03|25P0[234])/
/** Credentials and databases that are not there: no time mends them. */
const REFUSED = /^(28|3D)/

export function toPostgresqlError(thrown: unknown): BotbusError {
  if (BotbusError.is(thrown)) return thrown
  return new BotbusError(codeOf(thrown), `the PostgreSQL database: ${messageOf(thrown)}`, { cause: thrown })
}

function codeOf(thrown: unknown): 'NOT_CONNECTED' | 'UNAUTHORIZED' | 'INTERNAL' {
  if (thrown instanceof pg.DatabaseError) {
    const state = thrown.code ?? ''
    if (REFUSED.test(state)) return 'UNAUTHORIZED'
    return UNUSABLE.test(state) ? 'NOT_CONNECTED' : 'INTERNAL'
  }
  // Errors of the link have no class of their own; those of a program have.
  const isDefect = thrown instanceof TypeError || thrown instanceof RangeError || !(thrown instanceof Error)
  return isDefect ? 'INTERNAL' : 'NOT_CONNECTED'
}

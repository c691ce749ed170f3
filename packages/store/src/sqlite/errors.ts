import { BotbusError, messageOf } from '@botbus/core'

/** https://www.sqlite.org/rescode.html: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL; they may be over later. */
const UNUSABLE: ReadonlyMap<number, string> = new Map([
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [15, 'SQLITE_PROTOCOL'],
])
const NAMES = [...UNUSABLE.values()]

export function toSqliteError(thrown: unknown): BotbusError {
  if (BotbusError.is(thrown)) return thrown
  const code = isUnusable(thrown) ? 'NOT_CONNECTED' : 'INTERNAL'
  return new BotbusError(code, `the SQLite database: ${messageOf(thrown)}`, { cause: thrown })
}

/** node:sqlite has the number in `errcode`, with details above its lowest byte; better-sqlite3 the name in `code`. */
function isUnusable(thrown: unknown): boolean {
  const { errcode, code } = Object(thrown) as { errcode?: unknown; code?: unknown }
  if (typeof errcode === 'number') return UNUSABLE.has(errcode & 0xff)
  return typeof code === 'string' && NAMES.some((name) => code === name || code.startsWith(`${name}_`))
}

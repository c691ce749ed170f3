import { BotbusError } from '@botbus/core'
import type { JsonValue, ListOptions } from '@botbus/plugin'
import { redact } from '../redact/redact.ts'

const LONGEST_LIST = 1_000

/** The text of a JSON value for a column, without secrets. Throws `INVALID_PAYLOAD` for what is no JSON. */
export function toJson(value: unknown, name: string): string {
  let text: string | undefined
  try {
    text = JSON.stringify(redact(value))
  } catch (error) {
    throw new BotbusError('INVALID_PAYLOAD', `${name} cannot be written as JSON`, { cause: error })
  }
  if (text === undefined) throw new BotbusError('INVALID_PAYLOAD', `${name} is no JSON value`)
  return text
}

export function fromJson(text: string): JsonValue {
  return JSON.parse(text) as JsonValue
}

/** PostgreSQL takes no NUL in a text. */
export function toText(value: string, name: string): string {
  if (typeof value !== 'string') throw new BotbusError('INVALID_ARGUMENT', `${name} must be a text`)
  return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
}

/** Milliseconds since 1970. */
export function toInstant(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new BotbusError('INVALID_ARGUMENT', `${name} must be milliseconds since 1970, a whole number`)
}

export function toLimit({ limit = 100 }: Pick<ListOptions, 'limit'>): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= LONGEST_LIST) return limit
  throw new BotbusError('INVALID_ARGUMENT', `limit must be a whole number from 1 to ${LONGEST_LIST}`)
}

/** The property, unless the column is empty. */
export function present<Name extends string, Value>(name: Name, value: Value | null): { [key in Name]?: Value } {
  return value === null ? {} : ({ [name]: value } as { [key in Name]: Value })
}

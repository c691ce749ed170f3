import { BotbusError } from '@botbus/core'
import { toText } from '../database/values.ts'

const LONGEST_NAME = 100

/** A name as people write it, and as it is compared: `Ada` and `ada` are one. */
export function toName(name: string): { name: string; name_key: string } {
  const text = toText(name, 'name').normalize('NFKC').trim()
  if (text.length < 1 || text.length > LONGEST_NAME) {
    throw new BotbusError('INVALID_ARGUMENT', `a name must have 1 to ${LONGEST_NAME} characters`)
  }
  return { name: text, name_key: keyOf(text) }
}

export function keyOf(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase()
}

export function taken(name: string): BotbusError {
  return new BotbusError('INVALID_ARGUMENT', `the name ${name} is taken`)
}

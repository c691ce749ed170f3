import { BotbusError } from '@botbus/core'
import type { Layout } from './styles.ts'
import type { ValueName } from './values.ts'

/** A field with its text. */
export type Written = readonly [name: string, text: string]

/** The fields that there are values for, in the order of the layout. */
export function fill(layout: Layout, values: Readonly<Partial<Record<ValueName, string>>>): Written[] {
  return layout.fields.flatMap(([name, value]): Written[] => {
    const text = typeof value === 'string' ? values[value] : value.text
    return text === undefined ? [] : [[name, text]]
  })
}

/**
 * The message. In JSON every value is a text in quotes, so that an empty value or `NaN` leaves it JSON. Throws `INVALID_ARGUMENT` for a
 * text that the writing cannot hold.
 */
export function writeMessage(writing: Layout['writing'], fields: readonly Written[]): string {
  if (writing === 'json') return JSON.stringify(nest(fields), undefined, 2)
  const separator = writing === 'csv' ? ',' : '\n'
  for (const [name, text] of fields) {
    if (/[,;|="'\r\n]/.test(text)) {
      throw new BotbusError(
        'INVALID_ARGUMENT',
        `${name || 'the secret'} has a character that ${writing} gives a meaning; write JSON`,
      )
    }
  }
  return fields.map(([name, text]) => (name === '' ? text : `${name}=${text}`)).join(separator)
}

interface Nested {
  [name: string]: string | Nested
}

/** `order.amount` stands in the object `order`. */
export function nest(fields: readonly Written[]): Nested {
  const outer: Nested = {}
  for (const [path, text] of fields) {
    const names = path.split('.')
    const last = names.pop() ?? path
    let inner = outer
    for (const name of names) {
      const next = inner[name]
      if (typeof next === 'object') inner = next
      else {
        const fresh: Nested = {}
        inner[name] = fresh
        inner = fresh
      }
    }
    inner[last] = text
  }
  return outer
}

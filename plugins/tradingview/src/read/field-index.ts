import type { JsonObject, JsonValue } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import type { Fields } from '../signal.ts'

/** A field as it was found: its name as written (with the object around it), and its text. Never empty. */
export interface Found {
  readonly name: string
  readonly text: string
}

interface Entry {
  readonly name: string
  readonly value: JsonValue
  /** Another spelling of the same name with another value: `orderId` beside `order_id`. */
  readonly rival?: string
}

/** Objects that senders put fields into. What stands outside wins over what stands inside. */
export const CONTAINERS: readonly string[] = ['data', 'alert', 'order', 'strategy', 'strategyinfo', 'payload']

/** Objects whose fields count under their full name only: `metadatatimestamp`, `takeprofitlimitprice`. */
const DESCRIPTIONS: readonly string[] = ['metadata', 'takeprofit', 'stoploss']

/** `strategy-order-action`, `strategy.order_action` and `strategyOrderAction` are one name. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, '')
}

/** The fields of an alert by their normalised names. Made once for each alert; nothing is copied. */
export class FieldIndex {
  readonly dialect: string
  readonly values: JsonObject
  readonly #entries = new Map<string, Entry>()

  constructor(fields: Fields) {
    this.dialect = fields.dialect
    this.values = fields.values
    this.#add(fields.values, '')
    for (const container of CONTAINERS) this.#addInside(container, true)
    for (const container of DESCRIPTIONS) this.#addInside(container, false)
  }

  /** Whether a field of that (normalised) name is there, whatever it holds. */
  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** The value of a field as it is: for those that are objects. */
  value(name: string): JsonValue | undefined {
    return this.#entries.get(name)?.value
  }

  /**
   * The first of these (normalised) names that holds a text. Empty text, `null`, booleans and objects count as not
   * there. Throws INVALID_FIELD when two spellings of the name differ.
   */
  find(names: readonly string[]): Found | undefined {
    for (const name of names) {
      const found = this.#found(name)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** All of these names that hold a text, in the order given. */
  all(names: readonly string[]): readonly Found[] {
    const found: Found[] = []
    for (const name of names) {
      const entry = this.#found(name)
      if (entry !== undefined) found.push(entry)
    }
    return found
  }

  /** The texts under these names, contradictions and all. Never throws. */
  texts(names: readonly string[]): readonly string[] {
    return names.map((name) => textOf(this.#entries.get(name)?.value ?? null)).filter((text) => text !== undefined)
  }

  #found(name: string): Found | undefined {
    const entry = this.#entries.get(name)
    if (entry === undefined) return undefined
    const text = textOf(entry.value)
    if (text === undefined) return undefined
    if (entry.rival !== undefined) {
      throw new AlertError('INVALID_FIELD', `${entry.name} and ${entry.rival} are both there, and differ`)
    }
    return { name: entry.name, text }
  }

  #add(values: JsonObject, prefix: string): void {
    for (const name of Object.keys(values)) {
      const value = values[name]
      if (value === undefined) continue
      const key = normaliseName(name)
      const before = this.#entries.get(key)
      if (before === undefined) this.#entries.set(key, { name: prefix + name, value })
      else if (before.value !== value) this.#entries.set(key, { ...before, rival: prefix + name })
    }
  }

  /** `order.id` is to be found as `orderid`, and (`isOpen`) as `id` where nothing outside has that name. */
  #addInside(container: string, isOpen: boolean): void {
    const outer = this.#entries.get(container)
    if (outer === undefined || !isObject(outer.value)) return
    for (const [name, value] of Object.entries(outer.value)) {
      const key = normaliseName(name)
      const entry = { name: `${outer.name}.${name}`, value }
      if (!this.#entries.has(container + key)) this.#entries.set(container + key, entry)
      // The id of an order is the same at each trade, and none of the alert.
      if (key === 'id' && container !== 'data' && container !== 'alert' && container !== 'payload') continue
      if (isOpen && !this.#entries.has(key)) this.#entries.set(key, entry)
    }
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return text === '' ? undefined : text
}

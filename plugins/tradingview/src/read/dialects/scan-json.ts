import { MAX_DEPTH, MAX_KEYS } from '../dialect.ts'
import { assertFieldName, quote, unreadable } from '../unreadable.ts'
import { valueTrouble } from './json-trouble.ts'

const SPACE = /[ \t\r\n]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON does not allow inside a string.
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const SCALAR = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)/y

export interface ScannedJson {
  /** The offset behind the value. */
  readonly end: number
  /** Whether there is a number in it, outside of texts. */
  readonly hasNumbers: boolean
}

/**
 * Walks over one JSON value, building nothing, and tells where it ends. It is strict JSON and, on top of it, refuses
 * what `JSON.parse` lets pass: a name twice in one object, names that reach a prototype, more than `MAX_DEPTH` levels,
 * more than `MAX_KEYS` names in one alert, a batch of more than `maxBatch`. Throws UNREADABLE (PLACEHOLDER for an
 * unquoted one), with a reason that names the field. Linear in the length of the text.
 */
export function scanJson(text: string, start: number, maxBatch: number): ScannedJson {
  return new Scan(text, start, maxBatch).run()
}

class Scan {
  readonly #text: string
  readonly #maxBatch: number
  /** Levels that do not count: the array of a batch. */
  readonly #free: number
  #at: number
  #keys = 0
  #hasNumbers = false
  /** The field that is being read, for the reasons. */
  #field: string | undefined

  constructor(text: string, start: number, maxBatch: number) {
    this.#text = text
    this.#at = start
    this.#maxBatch = maxBatch
    this.#free = text[start] === '[' ? 1 : 0
  }

  run(): ScannedJson {
    this.#value(1)
    return { end: this.#at, hasNumbers: this.#hasNumbers }
  }

  #value(depth: number): void {
    this.#skip(SPACE)
    const first = this.#text[this.#at]
    if (first === '"') {
      this.#string()
      return
    }
    if (first !== '{' && first !== '[') {
      if (!this.#skip(SCALAR)) throw valueTrouble(this.#text, this.#at, this.#field)
      if (first !== 't' && first !== 'f' && first !== 'n') this.#hasNumbers = true
      return
    }
    if (depth - this.#free > MAX_DEPTH) throw unreadable(`objects lie more than ${MAX_DEPTH} deep in each other`)
    this.#at += 1
    if (first === '{') this.#object(depth)
    else this.#array(depth)
  }

  #object(depth: number): void {
    if (this.#takes('}')) return
    const names = new Set<string>()
    do {
      const name = this.#name()
      if (names.has(name)) throw unreadable(`the field ${quote(name)} is there twice`)
      names.add(name)
      this.#keys += 1
      if (this.#keys > MAX_KEYS) throw unreadable(`the alert has more than ${MAX_KEYS} fields`)
      this.#field = name
      this.#value(depth + 1)
    } while (this.#continues('}'))
  }

  #array(depth: number): void {
    if (this.#takes(']')) return
    const isBatch = depth === 1
    let count = 0
    do {
      count += 1
      if (isBatch) {
        this.#keys = 0
        if (count > this.#maxBatch) throw unreadable(`the batch holds more than ${this.#maxBatch} alerts`)
      }
      this.#value(depth + 1)
    } while (this.#continues(']'))
  }

  /** The name of a field, and the colon behind it. */
  #name(): string {
    this.#skip(SPACE)
    const start = this.#at
    const found = this.#text[start]
    if (found !== '"') {
      if (found === '}') throw unreadable(`there is a comma behind the last field${this.#after()}`)
      if (found === "'") throw unreadable(`a field name stands in single quotation marks${this.#after()}`)
      // {{ticker}} where a name should stand, or as the beginning of a sentence.
      if (found === '{') throw valueTrouble(this.#text, this.#text[start - 1] === '{' ? start - 1 : start, this.#field)
      throw unreadable(`a field name in quotation marks is missing${this.#after()}`)
    }
    const isEscaped = this.#string()
    const literal = this.#text.slice(start, this.#at)
    const name = isEscaped ? String(JSON.parse(literal)) : literal.slice(1, -1)
    assertFieldName(name)
    if (!this.#takes(':')) throw unreadable(`there is no colon behind ${quote(name)}`)
    return name
  }

  /** Whether another member follows; otherwise the end was taken. */
  #continues(end: '}' | ']'): boolean {
    this.#skip(SPACE)
    const found = this.#text[this.#at]
    if (found === ',' || found === end) {
      this.#at += 1
      return found === ','
    }
    if (found === undefined) throw unreadable('the JSON ends too early')
    if (this.#text[this.#at - 1] === '"') {
      throw unreadable(`a comma is missing${this.#after()}, or there is a quotation mark inside its text`)
    }
    throw unreadable(`a comma is missing${this.#after()}`)
  }

  /** Moves behind a string; tells whether it holds escapes. */
  #string(): boolean {
    const start = this.#at
    this.#at += 1
    let isEscaped = false
    let hasCodes = false
    for (;;) {
      this.#skip(PLAIN)
      const found = this.#text[this.#at]
      if (found === '"') break
      if (found === undefined) throw unreadable(`a quotation mark is not closed${this.#after()}`)
      if (found !== '\\') {
        throw unreadable(`there is a line break, a tab or a control character inside a text${this.#after()}`)
      }
      isEscaped = true
      hasCodes ||= this.#text[this.#at + 1] === 'u'
      if (!this.#skip(ESCAPE)) throw unreadable(`there is a wrong backslash inside a text${this.#after()}`)
    }
    this.#at += 1
    if (hasCodes) this.#assertText(start)
    return isEscaped
  }

  /** Half a surrogate pair and NUL have no place in UTF-8 and in databases, and no meaning in an alert. */
  #assertText(start: number): void {
    const value: unknown = JSON.parse(this.#text.slice(start, this.#at))
    if (typeof value !== 'string' || !value.isWellFormed() || value.includes('\u0000')) {
      throw unreadable(`there is a character that is none inside a text${this.#after()}`)
    }
  }

  #takes(character: string): boolean {
    this.#skip(SPACE)
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text)) return false
    this.#at = pattern.lastIndex
    return true
  }

  #after(): string {
    return this.#field === undefined ? '' : ` at or behind ${quote(this.#field)}`
  }
}

import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { safeJson } from './escape.ts'

export const FORMATS = ['table', 'json', 'ndjson'] as const
export type Format = (typeof FORMATS)[number]

/** Whether a command prints one thing, or goes on printing. */
export type Shape = 'answer' | 'stream'

/** What was asked for; else a table for a person, and for a program JSON: one document, or one line for each message. */
export function chooseFormat(asked: Format | undefined, shape: Shape, isTerminal: boolean): Format {
  if (asked) return asked
  if (isTerminal) return 'table'
  return shape === 'answer' ? 'json' : 'ndjson'
}

/** Standard output in one format. Each method resolves when the reader keeps up, so that a slow one holds us back. */
export class Output {
  readonly format: Format
  readonly #stream: Writable
  readonly #signal: AbortSignal

  constructor(stream: Writable, format: Format, signal: AbortSignal) {
    this.#stream = stream
    this.format = format
    this.#signal = signal
  }

  /** One value: as text for a person (nothing when it is empty), whole as JSON. */
  async print(value: unknown, toText: () => string): Promise<void> {
    if (this.format === 'table') {
      const text = toText()
      if (text !== '') await this.#write(text)
      return
    }
    await this.#write(safeJson(value, this.format === 'json' ? 2 : undefined))
  }

  /** A list that is complete: as one table, one JSON array, or one line for each. */
  async printList(values: readonly unknown[], toText: () => string): Promise<void> {
    if (this.format !== 'ndjson') return this.print(values, toText)
    for (const value of values) await this.print(value, toText)
  }

  /** Text that is no data, such as the sequences that clear a terminal. */
  async printRaw(text: string): Promise<void> {
    await this.#writeRaw(text)
  }

  #write(text: string): Promise<void> {
    return this.#writeRaw(text.endsWith('\n') ? text : `${text}\n`)
  }

  async #writeRaw(text: string): Promise<void> {
    this.#signal.throwIfAborted()
    if (!this.#stream.write(text)) await once(this.#stream, 'drain', { signal: this.#signal })
  }
}

import type { JsonObject } from '@botbus/plugin'
import { MAX_KEYS } from '../dialect.ts'
import { assertFieldName, quote, unreadable } from '../unreadable.ts'

const NAMED = /^([A-Za-z_][A-Za-z0-9_.-]*)\s*=(?!=)\s*/

/**
 * Gives the cells of one line their names. With `columns` every line must have exactly so many cells; `name=value`
 * cells behind them are welcome. Without, a cell `name=value` is named and the others become `column1`, `column2`, ...
 * by their place.
 */
export function nameCells(cells: readonly string[], columns: readonly string[] | undefined): JsonObject {
  const values: Record<string, string> = {}
  if (cells.length > MAX_KEYS) throw unreadable(`the alert has more than ${MAX_KEYS} fields`)
  for (const [index, untrimmed] of cells.entries()) {
    const cell = untrimmed.trim()
    const column = columns?.[index]
    const named = column === undefined ? NAMED.exec(cell) : null
    if (column === undefined && named === null && columns !== undefined) {
      throw unreadable(`the line has more than the ${columns.length} cells that the route names`)
    }
    const name = column ?? named?.[1] ?? `column${index + 1}`
    setField(values, name, named === null ? cell : cell.slice(named[0].length))
  }
  if (columns !== undefined && cells.length < columns.length) {
    throw unreadable(`the line has ${cells.length} cells, the route names ${columns.length}`)
  }
  return values
}

/** Adds a field; its name must be new and harmless. */
export function setField(values: Record<string, string>, name: string, value: string): void {
  assertFieldName(name)
  if (Object.hasOwn(values, name)) throw unreadable(`the field ${quote(name)} is there twice`)
  values[name] = value
}

/** The lines of a text that hold something. Each of them is an alert: more than `maxBatch` are refused. */
export function alertLines(text: string, maxBatch: number): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '')
  if (lines.length > maxBatch) throw unreadable(`the batch holds more than ${maxBatch} alerts`)
  return lines
}

import { parse } from 'csv-parse/sync'
import type { Fields } from '../../signal.ts'
import { unreadable } from '../unreadable.ts'
import { alertLines, nameCells } from './cells.ts'

/**
 * Cells between commas, white space around them ignored, `"` around those that hold a comma (RFC 4180). Each line is an
 * alert: `60123456789,buy,AUDUSD,risk=0.1` has the fields `column1`, `column2`, `column3` and `risk`.
 */
export function readCsv(text: string, columns: readonly string[] | undefined, maxBatch: number): readonly Fields[] {
  // Without quotation marks there is nothing to take apart: as a rule.
  if (!text.includes('"')) {
    return alertLines(text, maxBatch).map((line) => ({ dialect: 'csv', values: nameCells(line.split(','), columns) }))
  }
  let lines: readonly string[][]
  try {
    lines = parse(text, {
      bom: false,
      columns: false,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      to: maxBatch + 1,
    })
  } catch {
    // The error of the parser quotes the text, which may hold the secret.
    throw unreadable('the body is not CSV: a quotation mark stands inside a cell, or is not closed')
  }
  if (lines.length > maxBatch) throw unreadable(`the batch holds more than ${maxBatch} alerts`)
  return lines.map((cells) => ({ dialect: 'csv', values: nameCells(cells, columns) }))
}

import type { Fields } from '../../signal.ts'
import { alertLines, nameCells } from './cells.ts'

/** Cells between `|`, as in `key|strategy|buy|BTCUSDT`; each line is an alert. There is no quoting. */
export function readPipes(text: string, columns: readonly string[] | undefined, maxBatch: number): readonly Fields[] {
  return alertLines(text, maxBatch).map((line) => ({ dialect: 'pipes', values: nameCells(line.split('|'), columns) }))
}

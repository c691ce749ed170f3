/**
 * How the text of an alert is cut into names and values.
 *
 * - `auto`: found out from the text, see `sniff-dialect.ts`
 * - `json`: an object, an array of objects (a batch), or one object a line (a batch as well)
 * - `key-value`: `name=value` on lines of their own or between `;`; on a single line also between `,`
 * - `csv`: cells between commas, quoted where needed; `name=value` cells are named, the others take the names of
 *   `columns`, else `column1`, `column2`, ...
 * - `pipes`: the same with `|`
 * - `{ regex }`: the named groups of a pattern (RE2 syntax: linear time, no look-around and no back-references)
 */
export type Dialect = 'auto' | 'json' | 'key-value' | 'csv' | 'pipes' | { readonly regex: string }

export interface ReadBodyOptions {
  readonly dialect: Dialect
  /** The names of the cells of `csv` and `pipes`, in order. With them, a line with fewer or more cells is refused. */
  readonly columns?: readonly string[] | undefined
  /** How many alerts one body may hold. Default: 20. */
  readonly maxBatch?: number | undefined
  /**
   * `text` (the default) keeps JSON numbers as the decimal text that was received, so that `0.10` and `1e-8` lose
   * nothing; `native` makes JavaScript numbers of them, for bodies that are handed on as they are.
   */
  readonly numbers?: 'text' | 'native' | undefined
}

/** How many alerts one body may hold. */
export const MAX_BATCH = 20

/** How deep objects and arrays may lie in each other, the outermost included; a batch's array does not count. */
export const MAX_DEPTH = 8

/** How many names one alert may hold, those of objects inside it included. */
export const MAX_KEYS = 200

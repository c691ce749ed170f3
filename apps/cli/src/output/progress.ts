import { escapeLine } from './escape.ts'

const DELAY = 1_000
let isShown = false

/**
 * Tells on standard error what we wait for, from the first second on: a line that is rewritten on a terminal, and one
 * single line elsewhere. Returns the function that ends it.
 */
export function showProgress(text: (seconds: number) => string): () => void {
  const started = performance.now()
  const timer = setInterval(() => {
    const line = escapeLine(text(Math.round((performance.now() - started) / 1_000)))
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[2K${shorten(line, process.stderr.columns)}`)
      isShown = true
    } else {
      process.stderr.write(`${line}\n`)
      clearInterval(timer)
    }
  }, DELAY)
  return () => {
    clearInterval(timer)
    clearProgress()
  }
}

/** A line that wraps could not be removed again. */
export function shorten(line: string, columns: number): string {
  const characters = [...line]
  return characters.length < columns ? line : `${characters.slice(0, columns - 2).join('')}…`
}

/** Removes the line, for a message that takes its place. */
export function clearProgress(): void {
  if (!isShown) return
  isShown = false
  process.stderr.write('\r\u001b[2K')
}

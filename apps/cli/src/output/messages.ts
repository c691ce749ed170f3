import { escapeText } from './escape.ts'
import { clearProgress } from './progress.ts'

/** A message for the person, on standard error: never mixed with data. */
export function say(message: string): void {
  clearProgress()
  process.stderr.write(`${escapeText(message)}\n`)
}

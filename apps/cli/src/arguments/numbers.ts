import { usage } from '../failure.ts'

/** Reads a whole number of at least `minimum`; `name` is how the error calls it. */
export function integerFrom(
  name: string,
  minimum: number,
  maximum: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= minimum && value <= maximum) return value
    const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
    throw usage(`${name} must be a whole number ${range}, not "${text}"`)
  }
}

/** Reads a number that is not negative, such as an amount or a number of days. */
export function numberFrom(name: string): (text: string) => number {
  return (text: string): number => {
    if (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text)
    throw usage(`${name} must be a number of 0 or more, not "${text}"`)
  }
}

import { usage } from '../failure.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const MAXIMUM = 2 ** 31 - 1

/** Milliseconds of `500ms`, `5s`, `1.5m` or `1h`; a number without a unit means seconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim())
  const milliseconds = Math.round(Number(match?.[1]) * (UNITS[match?.[2] ?? 's'] ?? Number.NaN))
  if (!(milliseconds >= 1 && milliseconds <= MAXIMUM)) {
    throw usage(
      `"${text}" is not a duration: write 500ms, 5s, 1m or 1h (a plain number means seconds, at most 24 days)`,
    )
  }
  return milliseconds
}

/** `850ms`, `5s`, `2m`, `3h`: the largest unit that says enough. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.max(0, Math.round(milliseconds))}ms`
  const seconds = Math.round(milliseconds / 1_000)
  if (seconds < 120) return `${seconds}s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)}m` : `${Math.round(seconds / 3_600)}h`
}

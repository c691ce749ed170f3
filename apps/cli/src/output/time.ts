/**
 * UTC time of a timestamp of a bot, whatever its unit: seconds, milliseconds, microseconds and nanoseconds are
 * told apart by their size. Empty when it is none, such as the "-1" that real bots send.
 */
export function isoTime(timestamp: unknown): string {
  let milliseconds = Number(typeof timestamp === 'string' || typeof timestamp === 'number' ? timestamp : Number.NaN)
  if (!(milliseconds > 0 && Number.isFinite(milliseconds))) return ''
  if (milliseconds < 1e11) milliseconds *= 1_000
  while (milliseconds > 1e14) milliseconds /= 1_000
  return new Date(milliseconds).toISOString()
}

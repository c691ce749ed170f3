/**
 * Milliseconds since 1970 of a timestamp whose unit its size tells: peers send seconds, milliseconds, microseconds and
 * nanoseconds. `undefined` for what is no time, such as the `-1` of Hummingbot's notifications.
 */
export function toMilliseconds(timestamp: number | undefined): number | undefined {
  if (timestamp === undefined || !Number.isFinite(timestamp) || timestamp <= 0) return undefined
  if (timestamp > 1e17) return timestamp / 1e6
  if (timestamp > 1e14) return timestamp / 1e3
  if (timestamp > 1e11) return timestamp
  return timestamp * 1e3
}

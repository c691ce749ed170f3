import type { UsageResult } from './protocol.ts'

/** Looks at this process's resident size every 20 ms. Returns what answers `usage`. */
export function watchUsage(): () => UsageResult {
  let peak = 0
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  setInterval(look, 20).unref()
  return () => {
    look()
    const peakBytes = peak
    peak = 0
    const { user, system } = process.cpuUsage()
    return { cpuSeconds: (user + system) / 1_000_000, peakBytes }
  }
}

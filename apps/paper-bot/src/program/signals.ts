const INTERRUPTED = 130

/**
 * Milliseconds. One Ctrl-C can arrive twice: from the terminal, and again from npm or another parent. What follows within this
 * time is the same press.
 */
const SAME_PRESS = 700

/** Resolves at the first SIGINT, SIGTERM or SIGHUP; a later one ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined
    const onSignal = (): void => {
      first ??= performance.now()
      if (performance.now() - first >= SAME_PRESS) process.exit(INTERRUPTED)
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  })
}

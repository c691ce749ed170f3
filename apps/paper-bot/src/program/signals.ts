const INTERRUPTED = 130

/** Resolves at the first SIGINT, SIGTERM or SIGHUP; the second one ends the process at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0
    const onSignal = (): void => {
      count += 1
      if (count > 1) process.exit(INTERRUPTED)
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  })
}

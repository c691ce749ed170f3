// Ctrl-C: the first one asks for an orderly stop, the second one kills.
import { setTimeout as delay } from 'node:timers/promises'

/**
 * One press can arrive more than once: from the terminal, which signals the whole process group, and again from npm
 * or another parent. What follows within this time is the same press.
 */
const SAME_PRESS = 700

/** Resolves at the first signal; calls `kill` and ends the process with 130 at the second one. */
export function onStopSignal(kill) {
  return new Promise((resolve) => {
    let first
    const receive = () => {
      first ??= performance.now()
      if (performance.now() - first < SAME_PRESS) return resolve({})
      kill()
      process.stderr.write('botbus: killed\n')
      delay(0).then(() => process.exit(130))
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, receive)
  })
}

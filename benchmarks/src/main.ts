import { CommanderError } from 'commander'
import { bench } from './bench.ts'
import { messageOf } from './message-of.ts'

const interruption = new AbortController()
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
for (const [signal, code] of Object.entries(SIGNALS)) {
  process.once(signal, () => {
    process.exitCode = code
    interruption.abort()
  })
}

try {
  await bench(process.argv.slice(2), interruption.signal)
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode
  } else if (interruption.signal.aborted) {
    console.error('bench: interrupted')
  } else {
    console.error(`bench: ${messageOf(error)}`)
    process.exitCode = 1
  }
}
process.exit()

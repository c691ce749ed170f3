import { Failure } from './failure.ts'
import type { GlobalOptions } from './global-options.ts'
import { Interruption } from './interruption.ts'
import { chooseFormat, Output } from './output/output.ts'

/** What a command without a broker works with. */
export interface Local {
  readonly output: Output
  /** Fires when the command shall end. */
  readonly signal: AbortSignal
}

/** Runs a command that needs no broker: it prints one answer. */
export async function withOutput(options: GlobalOptions, run: (local: Local) => Promise<void>): Promise<void> {
  const interruption = new Interruption()
  const { signal } = interruption
  try {
    const format = chooseFormat(options.output, 'answer', process.stdout.isTTY === true)
    await run({ output: new Output(process.stdout, format, signal), signal })
  } catch (error) {
    throw signal.reason instanceof Failure ? signal.reason : error
  } finally {
    interruption.end()
  }
  if (signal.reason instanceof Failure) throw signal.reason
}

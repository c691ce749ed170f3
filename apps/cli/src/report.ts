import { BotbusError, messageOf } from '@botbus/core'
import { CommanderError } from 'commander'
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts'
import { Failure } from './failure.ts'
import { say } from './output/messages.ts'

/** Tells on standard error why a command failed, and returns its exit code. */
export function report(error: unknown): ExitCode {
  // Commander has printed its own message: help and version end well, anything else is a wrong command line.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof Failure) {
    if (error.message !== '') say(`botbus: ${error.message}`)
    return error.exitCode
  }
  if (BotbusError.is(error)) {
    say(`botbus: ${error.message}${meaningOf(error)}`)
    return exitCodeOf(error)
  }
  say(
    `botbus: ${messageOf(error)} (this is a defect; please report it)\n${error instanceof Error ? (error.stack ?? '') : ''}`,
  )
  return EXIT.error
}

/** What the error means for whoever thinks of repeating the command. */
function meaningOf({ outcome }: BotbusError): string {
  if (outcome === 'unknown') return ' (the outcome is unknown: it may have run)'
  if (outcome === 'not_sent') return ' (nothing was sent)'
  return ''
}

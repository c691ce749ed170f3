import { EXIT, type ExitCode } from './exit-codes.ts'

/** Ends a command with an exit code of its own. An empty message prints nothing. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** A mistake in the command line or the configuration. */
export function usage(message: string): Failure {
  return new Failure(EXIT.usage, message)
}

import { EXIT, type ExitCode } from './exit-codes.ts'
import { program } from './program.ts'
import { report } from './report.ts'

/** Runs one command. Resolves to the exit code. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  try {
    await program().parseAsync(argv)
    return EXIT.ok
  } catch (error) {
    return report(error)
  }
}

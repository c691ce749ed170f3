// Makes a plugin that works, with its test. Usage: pnpm create-plugin NAME [FOLDER]
import { fileURLToPath } from 'node:url'
import { createPlugin, Refusal } from './create-plugin/create.mjs'

const HELP = `Usage: pnpm create-plugin NAME [FOLDER]

Makes a plugin of the Botbus server: package, source, a test that passes, README.

  NAME     lower-case letters, digits and "-"; begins with a letter; 40 characters at most
  FOLDER   a new or empty folder (default: plugins/NAME in this repository)

Examples:
  pnpm create-plugin daily-report
  pnpm create-plugin daily-report ../daily-report

Exit codes: 0 made, 1 error, 4 wrong or taken name, folder that is not empty.
`

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(HELP)
} else if (args.length === 0 || args.length > 2 || args.some((arg) => arg.startsWith('-'))) {
  process.stderr.write(HELP)
  process.exitCode = 4
} else {
  const [name, folder] = args
  try {
    const root = fileURLToPath(new URL('..', import.meta.url))
    const { shown, isMember } = await createPlugin({ root, name, ...(folder === undefined ? {} : { folder }) })
    const steps = isMember
      ? ['pnpm install', `pnpm vitest run --project unit ${shown}`]
      : [`cd ${shown}`, 'npm install', 'npm test']
    console.log(
      `${shown} is made. Next:\n\n${steps.map((step) => `  ${step}`).join('\n')}\n\nIts README tells how the server loads it.`,
    )
  } catch (error) {
    console.error(`create-plugin: ${error.message}`)
    process.exitCode = error instanceof Refusal ? 4 : 1
  }
}

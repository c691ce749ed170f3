import type { Command } from 'commander'

/** Adds explanations and examples below the help of a command. */
export function withExamples(command: Command, examples: readonly string[], notes: string = ''): Command {
  const list = examples.map((example) => `  ${example}`).join('\n')
  return command.addHelpText('after', `${notes === '' ? '' : `\n${notes}\n`}\nExamples:\n${list}`)
}

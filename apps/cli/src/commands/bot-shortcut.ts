import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { runBotCommand, textOf } from './bot-answer.ts'

export function addShortcut(parent: Command): void {
  const command = parent
    .command('shortcut')
    .description('Run a command shortcut of a bot')
    .argument('<id>')
    .argument('<name>')
    .argument('[arguments...]')
    .action((id: string, name: string, values: string[], _: unknown, self: Command) =>
      shortcut(id, name, values, self.optsWithGlobals()),
    )
  withExamples(command, ['botbus bot shortcut alpha spreads 1 1'])
}

function shortcut(id: string, name: string, values: string[], options: GlobalOptions): Promise<void> {
  return runBotCommand(id, options, {
    name: `shortcut ${name}`,
    send: (bot, callOptions) => bot.commandShortcuts({ params: [[name, ...values]] }, callOptions),
    toText: (answer) => (answer.success.includes(false) ? '' : textOf(answer, `${id} ran it`)),
    failure: ({ success, msg }) =>
      success.includes(false) ? msg || `${id} did not run the shortcut ${name}` : undefined,
  })
}

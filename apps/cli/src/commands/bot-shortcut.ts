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
      shortcut(id, [name, ...values], self.optsWithGlobals()),
    )
  withExamples(command, ['botbus bot shortcut alpha spreads 1 1'])
}

function shortcut(id: string, words: string[], options: GlobalOptions): Promise<void> {
  return runBotCommand(id, options, {
    name: `shortcut ${words[0]}`,
    send: (bot, callOptions) => bot.commandShortcuts({ params: [words] }, callOptions),
    toText: (answer) => textOf(answer, answer.success[0] === false ? `${id} did not run it` : `${id} ran it`),
  })
}

import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { runBotCommand, textOf } from './bot-answer.ts'

export function addImport(parent: Command): void {
  const command = parent
    .command('import')
    .description('Load a strategy from a configuration file of the bot')
    .argument('<id>', 'id of the bot')
    .argument('<strategy>', 'name of the file, with or without .yml')
    .action((id: string, strategy: string, _: unknown, self: Command) =>
      importStrategy(id, strategy, self.optsWithGlobals()),
    )
  withExamples(command, ['botbus bot import alpha conf_liquidity_mining_1', 'botbus bot import alpha trend.yml'])
}

function importStrategy(id: string, strategy: string, options: GlobalOptions): Promise<void> {
  return runBotCommand(id, options, {
    name: 'import',
    send: (bot, callOptions) => bot.import({ strategy }, callOptions),
    toText: (answer) => textOf(answer, `${id} imported ${strategy}`),
  })
}

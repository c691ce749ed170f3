import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { escapeText } from '../output/escape.ts'
import { runBotCommand, textOf } from './bot-answer.ts'

interface StatusOptions extends GlobalOptions {
  async?: boolean
}

export function addStatus(parent: Command): void {
  const command = parent
    .command('status')
    .description('Show what a bot says of itself')
    .argument('<id>')
    .option('--async', 'only ask the bot to show its status on its own screen')
    .action((id: string, _: unknown, self: Command) => status(id, self.optsWithGlobals()))
  withExamples(
    command,
    ['botbus bot status alpha', 'botbus bot status alpha -o json'],
    'Some versions of Hummingbot answer 400 although they run: exit code 1 does not mean that the bot is down.\n' +
      '"botbus bot ls" shows which bots are alive.',
  )
}

function status(id: string, options: StatusOptions): Promise<void> {
  return runBotCommand(id, options, {
    name: 'status',
    send: (bot, callOptions) => bot.status({ async_backend: options.async ?? false }, callOptions),
    toText: (answer) => {
      const { data } = answer
      // Real bots put the text into msg.
      return answer.status === 200 && typeof data === 'string' && data !== ''
        ? escapeText(data)
        : textOf(answer, `${id} answered`)
    },
  })
}

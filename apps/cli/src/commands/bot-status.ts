import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { type BotAnswer, runBotCommand, textOf } from './bot-answer.ts'

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
    'The text is in "data" of the JSON, wherever the bot put it.\n' +
      'Some versions of Hummingbot answer 400 although they run: exit code 1 does not mean that the bot is down.\n' +
      '"botbus bot ls" shows which bots are alive.',
  )
}

function status(id: string, options: StatusOptions): Promise<void> {
  return runBotCommand(id, options, {
    name: 'status',
    send: async (bot, callOptions) =>
      textInData(await bot.status({ async_backend: options.async ?? false }, callOptions)),
    toText: (answer) => textOf(answer, `${id} answered`),
  })
}

/** Hummingbot puts the text into `msg`, the specification into `data`, and some bots into both: here it stands in `data` once. */
function textInData(answer: BotAnswer & { data?: unknown }): BotAnswer & { data?: unknown } {
  if (answer.status !== 200) return answer
  const data = answer.data || answer.msg
  return { ...answer, msg: answer.msg === data ? '' : answer.msg, data }
}

import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { ACCEPTED_OR_DONE, runBotCommand, textOf } from './bot-answer.ts'

interface StartOptions extends GlobalOptions {
  logLevel?: string
  script?: string
  conf?: string
  restore?: boolean
  quickstart?: boolean
  wait?: boolean
}

export function addStart(parent: Command): void {
  const command = parent
    .command('start')
    .description('Start the strategy of a bot')
    .argument('<id>')
    .option('--log-level <level>', 'DEBUG, INFO, WARNING, ERROR or CRITICAL')
    .option('--script <file>', 'run this script in place of the imported strategy')
    .option('--conf <file>', 'configuration of the script')
    .option('--restore', 'restore the state of the last run (old bots)')
    .option('--quickstart', 'start without questions (is_quickstart)')
    .option('--wait', 'wait until it is done, not only accepted')
    .action((id: string, _: unknown, self: Command) => start(id, self.optsWithGlobals()))
  withExamples(
    command,
    [
      'botbus bot start alpha',
      'botbus bot start alpha --wait --log-level DEBUG',
      'botbus bot start alpha --script simple_pmm.py',
    ],
    ACCEPTED_OR_DONE,
  )
}

function start(id: string, options: StartOptions): Promise<void> {
  const request = {
    ...(options.logLevel === undefined ? {} : { log_level: options.logLevel }),
    ...(options.script === undefined ? {} : { script: options.script }),
    ...(options.conf === undefined ? {} : { conf: options.conf }),
    ...(options.restore ? { restore: true } : {}),
    ...(options.quickstart ? { is_quickstart: true } : {}),
    async_backend: !options.wait,
  }
  return runBotCommand(id, options, {
    name: 'start',
    send: (bot, callOptions) => bot.start(request, callOptions),
    toText: (answer) => textOf(answer, options.wait ? `${id} started` : `${id} accepted the start`),
  })
}

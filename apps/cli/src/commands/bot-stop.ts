import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { ACCEPTED_OR_DONE, runBotCommand, textOf } from './bot-answer.ts'

interface StopOptions extends GlobalOptions {
  keepOrders?: boolean
  wait?: boolean
}

export function addStop(parent: Command): void {
  const command = parent
    .command('stop')
    .description('Stop the strategy of a bot and cancel its orders')
    .argument('<id>')
    .option('--keep-orders', 'leave open orders where they are')
    .option('--wait', 'wait until it is done, not only accepted')
    .action((id: string, _: unknown, self: Command) => stop(id, self.optsWithGlobals()))
  withExamples(
    command,
    ['botbus bot stop alpha', 'botbus bot stop alpha --wait', 'botbus bot stop alpha --keep-orders'],
    ACCEPTED_OR_DONE,
  )
}

function stop(id: string, options: StopOptions): Promise<void> {
  const request = { skip_order_cancellation: options.keepOrders ?? false, async_backend: !options.wait }
  return runBotCommand(id, options, {
    name: 'stop',
    send: (bot, callOptions) => bot.stop(request, callOptions),
    toText: (answer) => textOf(answer, options.wait ? `${id} stopped` : `${id} accepted the stop`),
  })
}

import type { Command } from 'commander'
import { numberFrom } from '../arguments/numbers.ts'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { runBotCommand, textOf } from './bot-answer.ts'

export function addBalance(parent: Command): void {
  const balance = parent.command('balance').description('Set how much a bot may use, or its paper money')
  withExamples(balance, ['botbus bot balance limit alpha kucoin USDT 100', 'botbus bot balance paper alpha USDT 1000'])
  const limit = balance
    .command('limit')
    .description('Limit how much of an asset on an exchange the bot may use')
    .argument('<id>')
    .argument('<exchange>')
    .argument('<asset>')
    .argument('<amount>')
    .action((id: string, exchange: string, asset: string, amount: string, _: unknown, self: Command) =>
      setLimit(id, { exchange, asset, amount: readAmount(amount) }, self.optsWithGlobals()),
    )
  withExamples(limit, ['botbus bot balance limit alpha kucoin USDT 100'])
  const paper = balance
    .command('paper')
    .description('Set the balance of an asset on the paper account')
    .argument('<id>')
    .argument('<asset>')
    .argument('<amount>')
    .action((id: string, asset: string, amount: string, _: unknown, self: Command) =>
      setPaper(id, { asset, amount: readAmount(amount) }, self.optsWithGlobals()),
    )
  withExamples(paper, ['botbus bot balance paper alpha USDT 1000'])
}

/** The text itself is sent when a number would lose digits. */
function readAmount(text: string): number | string {
  const amount = numberFrom('the amount')(text)
  return String(amount) === text ? amount : text
}

function setLimit(
  id: string,
  request: { exchange: string; asset: string; amount: number | string },
  options: GlobalOptions,
): Promise<void> {
  return runBotCommand(id, options, {
    name: 'balance limit',
    send: (bot, callOptions) => bot.balanceLimit(request, callOptions),
    toText: (answer) => textOf(answer, `${id} may use ${request.amount} ${request.asset} on ${request.exchange}`),
  })
}

function setPaper(
  id: string,
  request: { asset: string; amount: number | string },
  options: GlobalOptions,
): Promise<void> {
  return runBotCommand(id, options, {
    name: 'balance paper',
    send: (bot, callOptions) => bot.balancePaper(request, callOptions),
    toText: (answer) => textOf(answer, `${id} has ${request.amount} ${request.asset} of paper money`),
  })
}

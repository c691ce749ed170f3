import type { Command } from 'commander'
import { integerFrom, numberFrom } from '../arguments/numbers.ts'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { escapeText } from '../output/escape.ts'
import { cellOf, renderTable } from '../output/table.ts'
import { isoTime } from '../output/time.ts'
import { type BotAnswer, runBotCommand } from './bot-answer.ts'

interface HistoryOptions extends GlobalOptions {
  days?: number
  verbose?: boolean
  precision?: number
  async?: boolean
}

export function addHistory(parent: Command): void {
  const command = parent
    .command('history')
    .description('List the trades of a bot')
    .argument('<id>')
    .option('--days <number>', 'how many days to look back; 0 is everything', numberFrom('--days'))
    .option('--verbose', "ask for the bot's detailed report")
    .option('--precision <digits>', 'digits after the point in the report', integerFrom('--precision', 0, 32))
    .option('--async', 'do not wait for the report')
    .action((id: string, _: unknown, self: Command) => history(id, self.optsWithGlobals()))
  withExamples(command, [
    'botbus bot history alpha --days 1',
    'botbus bot history alpha --verbose --precision 4',
    'botbus bot history alpha -o json | jq ".trades | length"',
  ])
}

function history(id: string, options: HistoryOptions): Promise<void> {
  const request = {
    ...(options.days === undefined ? {} : { days: options.days }),
    ...(options.verbose ? { verbose: true } : {}),
    ...(options.precision === undefined ? {} : { precision: options.precision }),
    async_backend: options.async ?? false,
  }
  return runBotCommand(id, options, {
    name: 'history',
    send: (bot, callOptions) => bot.history(request, callOptions),
    toText: (answer) => historyText(id, answer),
  })
}

function historyText(id: string, answer: BotAnswer & { trades: unknown[] }): string {
  const report = answer.status === 200 ? escapeText(answer.msg.trimEnd()) : ''
  if (answer.trades.length === 0) return report || (answer.status === 200 ? `${id} has no trades` : '')
  const table = renderTable(
    ['TIME', 'MARKET', 'SYMBOL', 'SIDE', 'PRICE', 'QUANTITY', 'TRADE ID'],
    answer.trades.map(tradeRow),
  )
  return report ? `${report}\n\n${table}` : table
}

function tradeRow(trade: unknown): string[] {
  const fields = (typeof trade === 'object' && trade !== null ? trade : {}) as Record<string, unknown>
  const cell = (name: string): string => cellOf(fields[name])
  const time = isoTime(fields['trade_timestamp'])
  return [time, cell('market'), cell('symbol'), cell('trade_type'), cell('price'), cell('quantity'), cell('trade_id')]
}

import { CommandError, type StartRequest } from '@botbus/bridge'
import { z } from 'zod'
import { balanceLimit, balancePaper } from './balance.ts'
import type { BotParts } from './bot-parts.ts'
import { config } from './config.ts'
import { history } from './history.ts'
import { importStrategy } from './import.ts'
import { start } from './start.ts'
import { status } from './status.ts'
import { stop } from './stop.ts'

export const COMMAND_LINES = [
  'import NAME',
  'start',
  'stop',
  'status',
  'history [DAYS]',
  'config [KEY VALUE]',
  'balance limit EXCHANGE ASSET AMOUNT',
  'balance paper ASSET AMOUNT',
] as const

const START: Omit<StartRequest, 'is_quickstart'> = {
  log_level: null,
  restore: false,
  script: null,
  conf: null,
  async_backend: false,
}

/** Runs one line as Hummingbot's client takes it, and returns what a person reads. Throws what the command throws. */
export async function runLine(bot: BotParts, line: string, signal: AbortSignal): Promise<string> {
  const [command = '', ...words] = line.trim().split(/\s+/)
  const [first = '', second = '', third = '', fourth = ''] = words
  switch (command) {
    case 'import':
      await importStrategy(bot, { strategy: first })
      return ''
    case 'start':
      await start(bot, START, signal)
      return ''
    case 'stop':
      stop(bot, { skip_order_cancellation: false })
      return ''
    case 'status':
      return status(bot)
    case 'history':
      return history(bot, { days: readNumber(first || '0', 'days'), verbose: true, precision: null }).msg
    case 'config':
      return JSON.stringify(
        config(bot, { params: words.length > 0 ? [[first, words.slice(1).join(' ')]] : [] }).config,
        null,
        2,
      )
    case 'balance':
      if (first === 'limit' && words.length === 4)
        balanceLimit(bot, { exchange: second, asset: third, amount: readNumber(fourth, 'amount') })
      else if (first === 'paper' && words.length === 3)
        balancePaper(bot, { asset: second, amount: readNumber(third, 'amount') })
      else throw new CommandError('Expected balance limit EXCHANGE ASSET AMOUNT, or balance paper ASSET AMOUNT.')
      return ''
    default:
      throw new CommandError(`Unknown command: '${command}'. Known are ${COMMAND_LINES.join(', ')}.`)
  }
}

function readNumber(text: string, name: string): number {
  const result = z.coerce.number().safeParse(text)
  if (!result.success || text === '') throw new CommandError(`${name}: expected a number, found '${text}'`)
  return result.data
}

import { messageOf, type Output } from '@botbus/core'
import { type Bot, type CommandContext, CommandError } from './bot.ts'
import type { BotContract, CommandName } from './contract/contract.ts'

/** What each command was asked, after defaults and conversions. */
export type Requests = { [Name in CommandName]: Output<BotContract['commands'][Name]['request']> }

export type Answer = Record<string, unknown> & { status: number; msg: string }

/** What an answer of each command holds beside status and text when there is nothing to tell. */
const EMPTY: Record<CommandName, Record<string, unknown>> = {
  start: {},
  stop: {},
  import: {},
  config: { changes: [], config: {} },
  balanceLimit: { data: null },
  balancePaper: { data: null },
  history: { trades: [] },
  status: { data: '' },
  commandShortcuts: { success: [] },
}

/** Status 400 with the message of what was thrown, as every Hummingbot answers what it refuses. */
export function refusal(command: CommandName, error: unknown): Answer {
  const details = error instanceof CommandError ? error.answer : {}
  return { ...EMPTY[command], ...details, status: 400, msg: messageOf(error) }
}

function success(command: CommandName, msg: string, details: object = {}): Answer {
  return { ...EMPTY[command], ...details, status: 200, msg }
}

type Runner<Request> = (bot: Bot, request: Request, context: CommandContext) => Promise<Answer>

/** How the method of each command becomes its answer. */
const RUNNERS: { [Name in CommandName]: Runner<Requests[Name]> } = {
  start: async (bot, request, context) => success('start', (await bot.start?.(request, context)) ?? ''),
  stop: async (bot, request, context) => success('stop', (await bot.stop?.(request, context)) ?? ''),
  import: async (bot, request, context) => success('import', (await bot.import?.(request, context)) ?? ''),
  config: async (bot, request, context) => success('config', '', await bot.config?.(request, context)),
  balanceLimit: async (bot, request, context) =>
    success('balanceLimit', '', { data: (await bot.balanceLimit?.(request, context)) ?? null }),
  balancePaper: async (bot, request, context) =>
    success('balancePaper', '', { data: (await bot.balancePaper?.(request, context)) ?? null }),
  history: async (bot, request, context) => {
    const history = (await bot.history?.(request, context)) ?? []
    return Array.isArray(history)
      ? success('history', '', { trades: history })
      : success('history', history.msg, { trades: history.trades })
  },
  // Hummingbot puts the text of a synchronous status into `msg`, the specification into `data`.
  status: async (bot, request, context) => {
    const text = (await bot.status?.(request, context)) ?? ''
    return success('status', request.async_backend ? '' : text, { data: text })
  },
  commandShortcuts: async (bot, request, context) =>
    success('commandShortcuts', '', { success: (await bot.commandShortcuts?.(request, context)) ?? [] }),
}

/** Runs a command of a bot; a bot without that method refuses it. */
export async function run<Name extends CommandName>(
  bot: Bot,
  command: Name,
  request: Requests[Name],
  context: CommandContext,
): Promise<Answer> {
  if (!bot[command]) throw new CommandError(`this bot has no command "${command}"`)
  return RUNNERS[command](bot, request, context)
}

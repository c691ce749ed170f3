import type { RpcContract, ServeOptions } from '@botbus/core'
import { z } from 'zod'
import { refusal } from './answers.ts'
import { isBotAddress } from './contract/addresses.ts'
import type { BotContract, CommandName } from './contract/contract.ts'

/** How a command is served, whichever bot it is for. */
export interface ServedCommand {
  readonly contract: RpcContract
  readonly options: ServeOptions
}

/** Commands that read only: they need not wait for the others. */
export const READING: ReadonlySet<CommandName> = new Set(['status', 'history'])

const served = new WeakMap<BotContract, ReadonlyMap<CommandName, ServedCommand>>()

/** Made once for all bots with that contract: a schema takes more memory than all else that a bot has. */
export function servedCommands(contract: BotContract): ReadonlyMap<CommandName, ServedCommand> {
  let commands = served.get(contract)
  if (!commands) {
    const names = Object.keys(contract.commands) as CommandName[]
    commands = new Map(names.map((name) => [name, toServed(name, contract.commands[name])]))
    served.set(contract, commands)
  }
  return commands
}

function toServed(name: CommandName, command: BotContract['commands'][CommandName]): ServedCommand {
  return {
    contract: { ...command, request: orNothing(command.request) },
    options: {
      acceptReplyTo: (replyTo) => !isBotAddress(replyTo),
      answerError: (error) => refusal(name, error),
      // The lane is the one place where commands wait: a start that waited elsewhere would escape a stop.
      ...(READING.has(name) || name === 'stop' ? {} : { concurrency: Number.POSITIVE_INFINITY }),
    },
  }
}

/** Values that a request may hold: commands are small, and each value may cost the bot work before a stop gets its turn. */
const MAX_VALUES = 1_000

/** Requests without data, or with null for it, mean the default of every field, as in Hummingbot v2.15 and later. */
function orNothing(schema: z.ZodType): z.ZodType {
  const read = (data: unknown, context: z.RefinementCtx): unknown => {
    if (countValues(data) <= MAX_VALUES) return data ?? {}
    context.addIssue({ code: 'custom', message: `a command takes at most ${MAX_VALUES} values` })
    return z.NEVER
  }
  return z.preprocess(read, schema)
}

/** Counts the values of all arrays and objects. The codec has bounded how deep they nest. */
function countValues(data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0
  let count = 0
  for (const value of Object.values(data)) count += 1 + countValues(value)
  return count
}

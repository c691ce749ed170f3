import type { Command } from 'commander'
import { readAssignments } from '../arguments/assignments.ts'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { cellOf, renderTable } from '../output/table.ts'
import { redactConfigAnswer } from '../redact.ts'
import { type BotAnswer, runBotCommand } from './bot-answer.ts'

export function addConfig(parent: Command): void {
  const command = parent
    .command('config')
    .description('List the configuration of a bot, or set values in it')
    .argument('<id>', 'id of the bot')
    .argument('[key=value...]', 'values to set: JSON, else text; @FILE and @- take text from a file or standard input')
    .action((id: string, assignments: string[], _: unknown, self: Command) =>
      config(id, assignments, self.optsWithGlobals()),
    )
  withExamples(
    command,
    [
      'botbus bot config alpha',
      'botbus bot config alpha bid_spread=0.2 ask_spread=0.3',
      'botbus bot config alpha mqtt_bridge.mqtt_autostart=true',
      'botbus bot config alpha mqtt_bridge.mqtt_password=@password.txt',
    ],
    'Passwords, secrets, tokens and API keys are shown as ***, and are only taken from a file or standard input.\n' +
      'A bot that refuses one key may have set the others: they are listed, and the exit code is 1.',
  )
}

type ConfigAnswer = BotAnswer & {
  changes: unknown[]
  config?:
    | { client?: Record<string, unknown> | undefined; strategy?: Record<string, unknown> | null | undefined }
    | undefined
}

async function config(id: string, assignments: readonly string[], options: GlobalOptions): Promise<void> {
  const params = await readAssignments(assignments)
  await runBotCommand(id, options, {
    name: 'config',
    send: async (bot, callOptions) => redactConfigAnswer(await bot.config({ params }, callOptions)) as ConfigAnswer,
    toText: (answer) => (params.length === 0 ? listing(answer) : changes(answer)),
  })
}

function listing({ config }: ConfigAnswer): string {
  const client = flatten(config?.client ?? {}).map((row) => ['client', ...row])
  const strategy = flatten(config?.strategy ?? {}).map((row) => ['strategy', ...row])
  const rows = [...client, ...strategy]
  return rows.length === 0 ? '' : renderTable(['SECTION', 'KEY', 'VALUE'], rows)
}

function changes({ changes }: ConfigAnswer): string {
  const rows = changes.map((change) =>
    Array.isArray(change) ? [String(change[0]), cellOf(change[1])] : ['', cellOf(change)],
  )
  return rows.length === 0 ? '' : renderTable(['CHANGED', 'VALUE'], rows)
}

/** Rows of dotted key and value. */
function flatten(section: Record<string, unknown>, prefix: string = ''): [key: string, value: string][] {
  return Object.entries(section).flatMap(([key, value]): [string, string][] => {
    const isSection =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    return isSection ? flatten(value as Record<string, unknown>, `${prefix}${key}.`) : [[prefix + key, cellOf(value)]]
  })
}

import { z } from 'zod'

/** A word that stands for other command lines; `$1` is its first argument. As in Hummingbot's `conf_client.yml`. */
export interface CommandShortcut {
  readonly command: string
  readonly help: string
  readonly arguments: readonly string[]
  readonly output: readonly string[]
}

export const DEFAULT_SHORTCUTS: readonly CommandShortcut[] = [
  {
    command: 'spreads',
    help: 'Set bid and ask spread',
    arguments: ['Bid Spread', 'Ask Spread'],
    output: ['config bid_spread $1', 'config ask_spread $2'],
  },
]

export const shortcutsSchema: z.ZodType<CommandShortcut[]> = z.array(
  z.object({
    command: z.string().regex(/^\S+$/),
    help: z.string().default(''),
    arguments: z.array(z.string()).default([]),
    output: z.array(z.string().min(1)).min(1),
  }),
)

/** The command lines that a shortcut stands for; `undefined` unless it is given all its arguments. */
export function expand(shortcut: CommandShortcut, values: readonly string[]): string[] | undefined {
  if (values.length !== shortcut.arguments.length || values.some((value) => /\s/.test(value))) return undefined
  return shortcut.output.map((line) =>
    line.replace(/\$(\d+)/g, (_, position: string) => values[Number(position) - 1] ?? ''),
  )
}

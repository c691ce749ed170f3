import { messageOf } from '@botbus/core'
import { expand } from '../settings/shortcuts.ts'
import type { BotParts } from './bot-parts.ts'
import { runLine } from './command-line.ts'

/** Runs each shortcut with its arguments; one boolean for each says whether all its lines succeeded. */
export async function commandShortcuts(
  bot: BotParts,
  { params }: { params: string[][] },
  signal: AbortSignal,
): Promise<boolean[]> {
  const results: boolean[] = []
  for (const [name = '', ...values] of params) results.push(await runShortcut(bot, name, values, signal))
  return results
}

async function runShortcut(
  bot: BotParts,
  name: string,
  values: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const log = bot.log.named('hummingbot.core')
  const shortcut = bot.settings.shortcuts.find(({ command }) => command === name)
  const lines = shortcut && expand(shortcut, values)
  if (!lines) {
    const wanted = shortcut ? `it takes ${shortcut.arguments.length} arguments` : 'there is none of that name'
    log.warn(`Shortcut '${name}': ${wanted}.`)
    return false
  }
  try {
    for (const line of lines) await runLine(bot, line, signal)
    return true
  } catch (error) {
    log.warn(`Shortcut '${name}': ${messageOf(error)}`)
    return false
  }
}

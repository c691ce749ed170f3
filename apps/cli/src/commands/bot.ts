import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import { addBalance } from './bot-balance.ts'
import { addChannels } from './bot-channels.ts'
import { addConfig } from './bot-config.ts'
import { addHistory } from './bot-history.ts'
import { addImport } from './bot-import.ts'
import { addList } from './bot-ls.ts'
import { addSendEvent } from './bot-send-event.ts'
import { addShortcut } from './bot-shortcut.ts'
import { addStart } from './bot-start.ts'
import { addStatus } from './bot-status.ts'
import { addStop } from './bot-stop.ts'

export function addBotCommands(parent: Command): void {
  const bot = parent.command('bot').description('Find, command and watch bots')
  addList(bot)
  addStart(bot)
  addStop(bot)
  addStatus(bot)
  addHistory(bot)
  addImport(bot)
  addConfig(bot)
  addBalance(bot)
  addShortcut(bot)
  addSendEvent(bot)
  addChannels(bot)
  withExamples(bot, ['botbus bot ls', 'botbus bot start alpha --wait', 'botbus bot logs alpha -f'])
}

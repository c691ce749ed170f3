import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addAuditCommands } from './commands/audit.ts'
import { addBotCommands } from './commands/bot.ts'
import { addCall } from './commands/call.ts'
import { addPub } from './commands/pub.ts'
import { addServe } from './commands/serve.ts'
import { addSub } from './commands/sub.ts'
import { addWebhookCommands } from './commands/webhook.ts'
import { withExamples } from './examples.ts'
import { addGlobalOptions } from './global-options.ts'

/** The whole command line. Nothing heavy is loaded before a command runs. */
export function program(): Command {
  const root = new Command('botbus')
    .description('Remote control of trading bots, and PubSub and RPC on any topic, through a message broker.')
    .version(version(), '-V, --version', 'print the version')
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 30 })
    .configureOutput({
      writeOut: printHelp,
      outputError: (text, write) => write(text.replace(/^error: /, 'botbus: ')),
    })
    .showHelpAfterError('(--help shows what is accepted)')
    .exitOverride()
  addGlobalOptions(root)
  withExamples(root, [
    'botbus bot ls',
    'botbus bot status alpha',
    "botbus sub 'hbot/+/events' -o ndjson",
    'botbus bot stop --help',
  ])
  addBotCommands(root)
  addPub(root)
  addSub(root)
  addCall(root)
  addServe(root)
  addWebhookCommands(root)
  addAuditCommands(root)
  return root
}

/** A reader that leaves before the end, as `| head` does, is no failure. */
function printHelp(text: string): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  process.stdout.write(text)
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}

import type { Command } from 'commander'
import { readJsonObject } from '../arguments/json.ts'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { say } from '../output/messages.ts'
import { withSession } from '../session.ts'

interface SendEventOptions extends GlobalOptions {
  type?: string
}

export function addSendEvent(parent: Command): void {
  const command = parent
    .command('send-event')
    .description('Send an external event to the strategy of a bot')
    .argument('<id>', 'id of the bot')
    .argument('<name>', 'words joined by dots, such as order.market')
    .argument('[json]', 'its data, an object; - reads it from standard input', '{}')
    .option('--type <type>', 'type of the event (default: external_event)')
    .action((id: string, name: string, json: string, _: unknown, self: Command) =>
      sendEvent(id, name, json, self.optsWithGlobals()),
    )
  withExamples(
    command,
    [
      'botbus bot send-event alpha order.market \'{"type": "buy", "amount": "0.01"}\'',
      'echo \'{"probabilities": [0.1, 0.2, 0.7]}\' | botbus bot send-event alpha signals -',
    ],
    'Events are not answered: exit code 0 means that the broker has it, not that a strategy read it.',
  )
}

async function sendEvent(id: string, name: string, json: string, options: SendEventOptions): Promise<void> {
  const data = await readJsonObject('the data of the event', json)
  await withSession(options, 'answer', async ({ bus, namespace }) => {
    const { BotClient } = await import('@botbus/bridge')
    await new BotClient(bus, id, { namespace }).sendEvent(
      name,
      data,
      options.type === undefined ? {} : { type: options.type },
    )
    say(`sent ${name} to ${id}`)
  })
}

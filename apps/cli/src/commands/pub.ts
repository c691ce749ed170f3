import type { Command } from 'commander'
import { readJson } from '../arguments/json.ts'
import { integerFrom } from '../arguments/numbers.ts'
import { withExamples } from '../examples.ts'
import { usage } from '../failure.ts'
import type { GlobalOptions } from '../global-options.ts'
import { say } from '../output/messages.ts'
import { withSession } from '../session.ts'

interface PubOptions extends GlobalOptions {
  retain?: boolean
  qos: 0 | 1
}

export function addPub(parent: Command): void {
  const command = parent
    .command('pub')
    .description('Publish one message')
    .argument('<topic>', 'levels joined by /')
    .argument('<json>', 'the message; - reads it from standard input')
    .option('--retain', 'let the broker keep it for later subscribers (never for a command of a bot)')
    .option('--qos <0|1>', '1 waits until the broker has acknowledged it', integerFrom('--qos', 0, 1), 1)
    .action((topic: string, json: string, _: unknown, self: Command) => pub(topic, json, self.optsWithGlobals()))
  withExamples(command, [
    'botbus pub prices/btc \'{"price": 97000}\'',
    'botbus pub settings/mode \'"night"\' --retain',
    'echo \'{"price": 97000}\' | botbus pub prices/btc -',
  ])
}

async function pub(topic: string, json: string, options: PubOptions): Promise<void> {
  const data = await readJson('the message', json)
  await withSession(options, 'answer', async ({ bus, namespace }) => {
    if (options.retain) await refuseCommand(topic, namespace)
    await bus.publish(topic, data, { qos: options.qos, retain: options.retain ?? false })
    say(`published on ${topic}`)
  })
}

/** A bot would run a retained command again each time that it connects. */
async function refuseCommand(topic: string, namespace: string): Promise<void> {
  const { extractParameters } = await import('@botbus/core')
  const { botContract } = await import('@botbus/bridge')
  const isCommand = Object.values(botContract(namespace).commands).some(({ address }) =>
    extractParameters(address, topic),
  )
  if (isCommand) throw usage(`${topic} is a command of a bot: retained, it would run again at each connect`)
}

import type { Command } from 'commander'
import { readJson } from '../arguments/json.ts'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { safeJson } from '../output/escape.ts'
import { showProgress } from '../output/progress.ts'
import { redactConfigAnswer } from '../redact.ts'
import { type Session, withSession } from '../session.ts'

export function addCall(parent: Command): void {
  const command = parent
    .command('call')
    .description('Call an address and print the reply')
    .argument('<address>', 'a topic that is served, such as hbot/alpha/status')
    .argument('[json]', 'the request; - reads it from standard input', '{}')
    .action((address: string, json: string, _: unknown, self: Command) => call(address, json, self.optsWithGlobals()))
  withExamples(
    command,
    [
      'botbus call hbot/alpha/status',
      'botbus call hbot/alpha/config \'{"params": [["bid_spread", 0.2]]}\'',
      'echo \'{"amount": 2}\' | botbus call calculator/double - --timeout 5s',
    ],
    'The reply is printed as it is, whatever it says: exit code 0 means that there was one.\n' +
      'Secrets in the answer of a bot\'s "config" are redacted. "botbus bot ..." also reads what a bot\'s answer means.',
  )
}

async function call(address: string, json: string, options: GlobalOptions): Promise<void> {
  const request = await readJson('the request', json)
  await withSession(options, 'answer', async (session) => {
    const { bus, output, timeout, signal } = session
    const endProgress = showProgress((seconds) => `waiting for an answer of ${address} … ${seconds} s`)
    const reply = await bus.call(address, request, { timeout, signal }).finally(endProgress)
    const shown = (await isConfig(address, session)) ? redactConfigAnswer(reply) : reply
    await output.print(shown, () => safeJson(shown, 2))
  })
}

async function isConfig(address: string, { namespace }: Session): Promise<boolean> {
  const { extractParameters } = await import('@botbus/core')
  return extractParameters(`${namespace}/{bot}/config`, address) !== undefined
}

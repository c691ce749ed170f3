import type { RequestContext } from '@botbus/core'
import { type Command, Option } from 'commander'
import { readJson } from '../arguments/json.ts'
import { integerFrom } from '../arguments/numbers.ts'
import { withExamples } from '../examples.ts'
import { usage } from '../failure.ts'
import type { GlobalOptions } from '../global-options.ts'
import { escapeLine, safeJson } from '../output/escape.ts'
import { say } from '../output/messages.ts'
import { type Session, withSession } from '../session.ts'

interface ServeOptions extends GlobalOptions {
  reply?: string
  echo?: boolean
  count?: number
}

export function addServe(parent: Command): void {
  const command = parent
    .command('serve')
    .description('Answer the calls of an address and print them, until Ctrl-C')
    .argument('<address>')
    .option('--reply <json>', 'answer every call with this')
    .addOption(new Option('--echo', 'answer every call with its own data').conflicts('reply'))
    .option('-n, --count <number>', 'end after so many calls', integerFrom('--count', 1))
    .action((address: string, _: unknown, self: Command) => serve(address, self.optsWithGlobals()))
  withExamples(
    command,
    [
      'botbus serve hbot/testbot/status --reply \'{"status": 200, "msg": "fine"}\'',
      'botbus serve calculator/same --echo --count 1',
    ],
    'Each call is printed as {"address", "data"} when it arrives.',
  )
}

async function serve(address: string, options: ServeOptions): Promise<void> {
  if (options.reply === undefined && !options.echo) throw usage('say what to answer: --reply JSON or --echo')
  const fixed = options.reply === undefined ? undefined : await readJson('--reply', options.reply)
  await withSession(options, 'stream', (session) =>
    answerCalls(session, address, options.count, (data) => (options.reply === undefined ? (data ?? null) : fixed)),
  )
}

/** Ends after `count` calls were answered, on a signal, or with the error of printing one. */
async function answerCalls(
  { bus, output, signal }: Session,
  address: string,
  count: number | undefined,
  answer: (data: unknown) => unknown,
): Promise<void> {
  const { promise: end, resolve, reject } = Promise.withResolvers<void>()
  let taken = 0
  const handler = async (data: unknown, context: RequestContext): Promise<unknown> => {
    const { address: called } = context
    if (++taken === count) resolve()
    await output.print({ address: called, data }, () => `${escapeLine(called)}  ${safeJson(data)}`).catch(reject)
    return answer(data)
  }
  const service = await bus.serve(address, handler)
  signal.addEventListener('abort', () => resolve(), { once: true })
  say(`serving ${address}`)
  await end
  // Lets the answers that are on their way leave.
  await service.drain()
}

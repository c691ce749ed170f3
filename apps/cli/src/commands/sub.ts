import type { Command } from 'commander'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { escapeLine, safeJson } from '../output/escape.ts'
import { withSession } from '../session.ts'
import { addStreamOptions, printStream, type StreamOptions } from './stream.ts'

export function addSub(parent: Command): void {
  const command = parent
    .command('sub')
    .description('Print the messages of a topic or pattern until Ctrl-C')
    .argument('<pattern>', 'a topic; + stands for one level, # at the end for all that follow')
  addStreamOptions(command).action((pattern: string, _: unknown, self: Command) => sub(pattern, self.optsWithGlobals()))
  withExamples(
    command,
    [
      "botbus sub 'hbot/alpha/hb' --count 1",
      "botbus sub 'hbot/+/events' -o ndjson | jq .data.type",
      "botbus sub 'hbot/#' --wait 30s",
    ],
    'Each message is {"topic", "retained", "data"}. What is no JSON is dropped, and told on standard error.',
  )
}

async function sub(pattern: string, options: GlobalOptions & StreamOptions): Promise<void> {
  await withSession(options, 'stream', async (session) => {
    await printStream(session, options, {
      name: pattern,
      open: (signal) => session.bus.messages(pattern, { signal }),
      toValue: ({ topic, retained, data }) => ({ topic, retained, data }),
      toText: ({ topic, retained, data }) => `${escapeLine(topic)}  ${safeJson(data)}${retained ? '  (retained)' : ''}`,
    })
  })
}

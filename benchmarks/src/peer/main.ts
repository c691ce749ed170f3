/** Entry of a peer process: `node src/peer/main.ts CONTENDER BROKER URL`. Ends by `close`, and when its stdin ends. */
import type { BrokerKind, Peer } from '../contenders/contender.ts'
import { loadContender } from '../contenders/index.ts'
import { callLoop } from './call-loop.ts'
import { Credits } from './credits.ts'
import { lineReader } from './lines.ts'
import type { Answer, Command } from './protocol.ts'
import { publishLoop } from './publish-loop.ts'
import { Receipts } from './receipts.ts'
import { serveLoop } from './serve-loop.ts'
import { watchUsage } from './usage.ts'

const [name, broker, url] = process.argv.slice(2) as [string, BrokerKind, string]
const peer = await (await loadContender(name)).open({ broker, url })
const credits = new Credits()
const receipts = new Receipts((count) => write({ type: 'received', count }))
const usage = watchUsage()

process.stdin.setEncoding('utf8')
process.stdin.on(
  'data',
  lineReader((line) => {
    const command = JSON.parse(line) as Command
    if (command.do === 'credit') credits.grant(command.received)
    else void answer(command)
  }),
)
process.stdin.on('end', () => process.exit())
write({ type: 'ready' })

async function answer(command: Exclude<Command, { do: 'credit' }>): Promise<void> {
  try {
    write({ type: 'done', result: (await run(peer, command)) ?? null })
  } catch (error) {
    write({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
  if (command.do === 'close') process.exit()
}

function run(on: Peer, command: Exclude<Command, { do: 'credit' }>): unknown {
  switch (command.do) {
    case 'serve':
      return serveLoop(on, command)
    case 'call':
      return callLoop(on, command)
    case 'subscribe':
      return on.subscribe(command.patterns, receipts.add)
    case 'publish':
      return publishLoop(on, command, credits)
    case 'usage':
      return usage()
    case 'close':
      return on.close()
  }
}

function write(message: Answer): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import type { Command } from 'commander'
import { readConfiguration } from '../configuration.ts'
import { withExamples } from '../examples.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure, usage } from '../failure.ts'
import type { GlobalOptions } from '../global-options.ts'
import { withOutput } from '../local.ts'
import { say } from '../output/messages.ts'
import { explanationText } from './webhook-explanation.ts'
import { type ConfiguredRoute, readRoute } from './webhook-route.ts'

interface ExplainOptions extends GlobalOptions {
  file?: string
  bots?: readonly string[]
  /** Milliseconds since 1970. */
  at?: number
}

export function addTradingviewExplain(parent: Command): void {
  const command = parent
    .command('explain')
    .description('Show what a route would do with an alert, without doing it')
    .argument('<route>', 'a route of the configuration')
    .option('--file <file>', 'the body of the alert (default: standard input)')
    .option('--bots <ids>', 'the bots that are there, for globs: alpha,beta', (text) => text.split(','))
    .option('--at <time>', 'as if it arrived then: 2026-02-18T14:30:01Z', parseTime)
    .action((route: string, _: unknown, self: Command) => explainAlert(route, self.optsWithGlobals()))
  withExamples(
    command,
    [
      'botbus webhook tradingview explain demo --file alert.json',
      'botbus webhook tradingview explain demo --file alert.json --at 2026-02-18T14:30:01Z',
      'botbus webhook tradingview explain demo -o json | jq .outcome',
    ],
    'Reads the configuration only: no server and no broker are asked, so duplicates, addresses and the health of bots play\n' +
      'no part. Exit code 0 when the alert would be delivered, else 1.',
  )
}

async function explainAlert(name: string, options: ExplainOptions): Promise<void> {
  await withOutput(options, async ({ output }) => {
    const config = await readConfiguration(options)
    const configured = await readRoute(name, config)
    const body = await readBody(options.file)
    const { explain } = await import('@botbus/plugin-tradingview')
    const context = {
      bots: { bots: (options.bots ?? []).map((id) => ({ id })) },
      namespace: config.bridge.namespace,
      groups: configured.plugin.groups,
    }
    const secrets = await secretsOf(configured)
    const explanation = explain(body, configured.route, context, {
      ...(options.at === undefined ? {} : { now: options.at }),
      ...(secrets === undefined ? {} : { secrets }),
    })
    await output.print(explanation, () => explanationText(explanation))
    if (explanation.status !== 202) throw new Failure(EXIT.error, `it would not be delivered: ${explanation.outcome}`)
  })
}

/** Undefined, with a word, where they cannot be read here: that of the server may have them. */
async function secretsOf({
  name,
  route,
  folder,
}: ConfiguredRoute): Promise<{ matches(presented: readonly string[]): boolean; count: number } | undefined> {
  const { openSecrets } = await import('@botbus/plugin-tradingview')
  const { BotbusError } = await import('@botbus/core')
  try {
    return openSecrets(route, { route: name, folder })
  } catch (error) {
    if (!BotbusError.is(error)) throw error
    say(`the secret is not compared: ${error.message}`)
    return undefined
  }
}

async function readBody(file: string | undefined): Promise<Buffer> {
  if (file === undefined) {
    if (process.stdin.isTTY) say('reading the alert from standard input, to its end (Ctrl-D)')
    return buffer(process.stdin)
  }
  try {
    return await readFile(file)
  } catch (cause) {
    throw usage(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

function parseTime(text: string): number {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw usage(`--at is a time such as 2026-02-18T14:30:01Z, not "${text}"`)
  return time
}

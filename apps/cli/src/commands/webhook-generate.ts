import type { HttpConfig } from '@botbus/config'
import type { AlertKind, Generated, Style } from '@botbus/plugin-tradingview'
import { type Command, Option } from 'commander'
import { readConfiguration } from '../configuration.ts'
import { withExamples } from '../examples.ts'
import type { GlobalOptions } from '../global-options.ts'
import { withOutput } from '../local.ts'
import { escapeText } from '../output/escape.ts'
import { readRoute } from './webhook-route.ts'
import { originOf } from './webhook-target.ts'

interface GenerateOptions extends GlobalOptions {
  kind?: AlertKind
  urlBase?: string
  style?: Style
  action?: string
  amount?: string
  showSecret?: boolean
}

/** As the generator knows them; named here so that `--help` need not load it. */
const KINDS: readonly AlertKind[] = ['strategy', 'indicator']
const STYLES: readonly Style[] = ['json', 'key-value', 'traderspost', '3commas', 'okx', 'octobot', 'pineconnector']

export function addTradingviewGenerate(parent: Command): void {
  const command = parent
    .command('generate')
    .description('Write what is to be entered at TradingView for a route')
    .argument('<route>', 'a route of the configuration')
    .addOption(new Option('--kind <kind>', 'what the alert is set on (default: strategy)').choices(KINDS))
    .option('--url-base <url>', 'how the internet reaches the server: https://bots.example.org')
    .addOption(new Option('--style <style>', 'the format (default: what the route takes)').choices(STYLES))
    .option('--action <word>', 'what the alert of an indicator does (default: buy)')
    .option('--amount <decimal>', 'how much, for indicators and scripts (default: 0.01)')
    .option('--show-secret', "write the route's secret into message and script")
    .action((route: string, _: unknown, self: Command) => generateMessage(route, self.optsWithGlobals()))
  withExamples(
    command,
    [
      'botbus webhook tradingview generate demo --url-base https://bots.example.org',
      'botbus webhook tradingview generate demo --kind indicator --action sell',
      'botbus webhook tradingview generate demo -o json | jq -r .pine > alert.pine',
    ],
    'Prints the webhook URL, the message, a script of Pine v6 that sends the same, and what to know about them.',
  )
}

async function generateMessage(name: string, options: GenerateOptions): Promise<void> {
  await withOutput(options, async ({ output }) => {
    const config = await readConfiguration(options)
    const { route, folder } = await readRoute(name, config)
    const { generate, revealSecret } = await import('@botbus/plugin-tradingview')
    const { kind, style, action, amount, urlBase = publicOrigin(config.http) } = options
    const secret = options.showSecret ? revealSecret(route, { folder }) : undefined
    const generated = generate(name, route, {
      base: urlBase,
      ...(kind === undefined ? {} : { kind }),
      ...(style === undefined ? {} : { style }),
      ...(action === undefined ? {} : { action }),
      ...(amount === undefined ? {} : { amount }),
      ...(secret === undefined ? {} : { secret }),
    })
    await output.print(generated, () => generatedText(generated))
  })
}

/** The first name under which the server is reached; without one, this machine. */
function publicOrigin(http: HttpConfig): string {
  const [host] = http.hosts
  return host === undefined ? originOf(http) : `https://${host}`
}

function generatedText({ url, message, pine, notes }: Generated): string {
  const list = notes.map((note) => `- ${note}`).join('\n')
  return escapeText(`Webhook URL\n\n${url}\n\nMessage\n\n${message}\n\nPine v6\n\n${pine}\n\nTo know\n\n${list}`)
}

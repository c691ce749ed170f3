import type { Scenario, SimulationReport } from '@botbus/plugin-tradingview'
import { type Command, Option } from 'commander'
import { formatDuration, parseDuration } from '../arguments/duration.ts'
import { integerFrom } from '../arguments/numbers.ts'
import { withExamples } from '../examples.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import type { GlobalOptions } from '../global-options.ts'
import { withOutput } from '../local.ts'
import { say } from '../output/messages.ts'
import { showProgress } from '../output/progress.ts'
import { readTemplate, type TemplateOptions } from './webhook-message.ts'
import { hintsFor, reportText } from './webhook-report.ts'
import { readTarget, type SecretOptions } from './webhook-target.ts'

interface TestOptions extends GlobalOptions, TemplateOptions, SecretOptions {
  scenario?: Scenario
  alerts: number
  concurrency: number
  /** Milliseconds. */
  delay: number
  speed: number
}

/** As the simulator knows them; named here so that `--help` need not load it. */
const SCENARIOS: readonly Scenario[] = ['once', 'resend', 'nan', 'text', 'burst', 'late', 'fills']
const LATE = 600_000

export function addTradingviewTest(parent: Command): void {
  const command = parent
    .command('test')
    .description('Send alerts to a webhook as TradingView does')
    .argument('<target>', 'the URL of a webhook, or a route of the configuration')
    .addOption(new Option('--template <file>', 'the message, with placeholders').conflicts('message'))
    .option('--message <text>', 'the message, with placeholders')
    .addOption(new Option('--scenario <name>', 'what is sent (default: once)').choices(SCENARIOS))
    .addOption(new Option('--secret-env <name>', 'the variable that {{secret}} stands for').conflicts('secretFile'))
    .option('--secret-file <file>', 'the file that {{secret}} stands for')
    .option('--alerts <number>', 'alerts of a burst', integerFrom('--alerts', 1, 1_000_000), 100)
    .option('--concurrency <number>', 'alerts of a burst at once', integerFrom('--concurrency', 1, 1_000), 10)
    .addOption(
      new Option('--delay <duration>', 'how late the alert of "late" is')
        .argParser(parseDuration)
        .default(LATE, formatDuration(LATE)),
    )
    .option('--speed <factor>', 'make the waits between POSTs shorter', integerFrom('--speed', 1, 1_000), 1)
    .action((target: string, _: unknown, self: Command) => test(target, self.optsWithGlobals()))
  withExamples(
    command,
    [
      'botbus webhook tradingview test demo',
      'botbus webhook tradingview test demo --scenario resend',
      'botbus webhook tradingview test demo --scenario burst --alerts 1000 -o json',
      'botbus webhook tradingview test https://bots.example.com/webhooks/tradingview/demo --secret-env DEMO_SECRET',
      'botbus webhook tradingview test demo --template alert.json',
    ],
    SCENARIO_NOTE,
  )
}

const SCENARIO_NOTE = `Scenarios, and what each expects; another answer ends with exit code 1:
  once    one alert: accepted (202, or 200 for a dry run)
  resend  the same body after 5, 10 and 15 s: accepted once, then duplicates
  nan     numbers without quotes become NaN, sent as text: 422, or accepted
  text    JSON that is sent as text/plain: accepted
  burst   many different alerts: all accepted
  late    {{timenow}} is 10 minutes ago: refused with 422 STALE
  fills   two orders of one second: both accepted
Like TradingView, it gives up after 3 s, sends again after 5, 10 and 15 s when the answer is 5xx, and follows no redirect.
A route sends to the server of the configuration, with the route's own secret. These are real alerts: bots act on them.`

async function test(target: string, options: TestOptions): Promise<void> {
  const { scenario = 'once', alerts, concurrency, delay, speed } = options
  await withOutput(options, async ({ output, signal }) => {
    const { url, secret, template } = await readTarget(target, options, await readTemplate(options))
    const { simulate } = await import('@botbus/plugin-tradingview')
    let answered = 0
    const endProgress = showProgress((seconds) => `sending alerts … ${seconds} s, ${answered} answered`)
    const report = await simulate({
      url,
      scenario,
      alerts,
      concurrency,
      delay,
      speed,
      signal,
      ...(template === undefined ? {} : { template }),
      ...(secret === undefined ? {} : { secret }),
      onAlert: () => {
        answered++
      },
    }).finally(endProgress)
    await output.print(report, () => reportText(report))
    if (report.isAsExpected) return
    for (const hint of hintsFor(report)) say(hint)
    throw new Failure(EXIT.error, failureOf(report))
  })
}

function failureOf({ alerts }: SimulationReport): string {
  const wrong = alerts.filter(({ isAsExpected }) => !isAsExpected).length
  return `${wrong} of ${alerts.length} alerts ${wrong === 1 ? 'was' : 'were'} not answered as expected`
}

import { Command, InvalidArgumentError } from 'commander'

/** How much is sent. */
export interface WebhookOptions {
  /** Alerts per second of the steady load. */
  readonly rate: number
  /** For how many seconds. */
  readonly seconds: number
  /** Alerts of the burst. */
  readonly burst: number
  /** Alerts of the burst that wait for their answer at once. */
  readonly concurrency: number
  readonly json?: string
  readonly markdown?: string
}

const QUICK = { rate: 50, seconds: 2, burst: 500 }

/** Throws `CommanderError` for `--help` and for what is not understood, which it has written to stderr. */
export function parseWebhookOptions(args: readonly string[]): WebhookOptions {
  const command = new Command('bench webhooks')
    .description('Posts TradingView alerts to the real server. Tables go to stdout, progress to stderr.')
    .option('--quick', `${QUICK.rate} alerts per second for ${QUICK.seconds} s, then ${QUICK.burst} at once`)
    .option('--rate <n>', 'alerts per second of the steady load (default: 100)', wholeNumber)
    .option('--seconds <s>', 'of the steady load (default: 20)', wholeNumber)
    .option('--burst <n>', 'alerts of the burst (default: 10000)', wholeNumber)
    .option('--concurrency <n>', 'alerts of the burst at once', wholeNumber, 100)
    .option('--json <file>', 'writes all figures there')
    .option('--markdown <file>', 'writes the report there too')
    .showHelpAfterError('(--help shows what is accepted)')
    .exitOverride()
    .parse(args, { from: 'user' })
  const { quick, ...given } = command.opts<Partial<WebhookOptions> & { quick?: boolean; concurrency: number }>()
  return { ...(quick ? QUICK : { rate: 100, seconds: 20, burst: 10_000 }), ...given }
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Must be a whole number of at least 1.')
  return value
}

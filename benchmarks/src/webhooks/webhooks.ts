import { writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { Progress } from '../progress.ts'
import { environment } from '../versions.ts'
import { startCountingBot } from './counting-bot.ts'
import { measureDisk } from './disk.ts'
import { type Figures, figuresOf } from './figures.ts'
import { burstLoad, type Load, steadyLoad } from './load.ts'
import { parseWebhookOptions } from './options.ts'
import { Poster } from './poster.ts'
import { judgeWebhooks, type WebhookHeader, webhookHeading, webhookTable, webhookTargets } from './report.ts'
import { startServerProcess } from './server-process.ts'

const WARM_UP = 50

/** The whole command. Rejects with a `CommanderError` for `--help` and wrong arguments. */
export async function benchWebhooks(args: readonly string[], signal: AbortSignal): Promise<void> {
  const options = parseWebhookOptions(args)
  const progress = new Progress()
  const header: WebhookHeader = {
    type: 'header',
    command: ['pnpm bench webhooks', ...args].join(' '),
    date: new Date().toISOString(),
    options,
    disk: measureDisk(),
    ...(await environment([])),
  }
  progress.note('starting the server')
  await using server = await startServerProcess(signal)
  await using bot = await startCountingBot(server.brokerUrl)
  const guarded = <Value>(work: Promise<Value>): Promise<Value> => Promise.race([work, server.ended])
  const wait = (ms: number): Promise<void> => guarded(delay(ms, undefined, { signal }))

  const measure = async (
    load: Figures['load'],
    sent: number,
    run: (poster: Poster) => Promise<Load>,
  ): Promise<Figures> => {
    const poster = new Poster(server.url, server.secret)
    const before = { duplicates: bot.duplicates }
    try {
      return await figuresOf(load, sent, await guarded(run(poster)), { bot, before, wait })
    } finally {
      poster.close()
    }
  }

  const { rate, seconds, burst, concurrency } = options
  progress.note('warming up')
  const warmer = new Poster(server.url, server.secret)
  await guarded(burstLoad(warmer, { alerts: WARM_UP, concurrency: 1, signal, name: 'warm-up' }))
  warmer.close()
  progress.note(`steady load: ${rate} alerts per second for ${seconds} s`)
  const steady = await measure('steady', rate * seconds, (poster) => steadyLoad(poster, { rate, seconds, signal }))
  progress.note(`burst: ${burst} alerts`)
  const atOnce = await measure('burst', burst, (poster) => burstLoad(poster, { alerts: burst, concurrency, signal }))

  const figures = [steady, atOnce]
  const verdicts = judgeWebhooks(figures)
  const report = [webhookHeading(header), webhookTable(figures), webhookTargets(verdicts)].join('\n')
  console.log(report)
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify([header, ...figures, ...verdicts], null, 2)}\n`)
  }
  if (options.markdown !== undefined) await writeFile(options.markdown, `${report}\n`)
}

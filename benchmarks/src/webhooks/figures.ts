import type { CountingBot } from './counting-bot.ts'
import type { Load } from './load.ts'

/** What one load came to. Times in ms. */
export interface Figures {
  readonly load: 'steady' | 'burst'
  readonly sent: number
  readonly acknowledged: number
  readonly statuses: Readonly<Record<string, number>>
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** ms that the sender was late itself, of 99 alerts in a hundred; in the times of a steady load. */
  readonly late?: number
  /** Acknowledged per second. */
  readonly rate: number
  /** Alerts that were acknowledged and reached the bot. */
  readonly delivered: number
  /** Acknowledged, and not delivered. */
  readonly lost: number
  /** Deliveries beyond the first of an alert. */
  readonly duplicates: number
  /** s from the last acknowledgement to the last delivery. */
  readonly backlog: number
}

/** Nothing came for so long: what is missing is lost. */
const PATIENCE = 15_000
const LOOK = 50

/** Waits until the bot has all that was acknowledged, or nothing comes any more. */
export async function figuresOf(
  name: Figures['load'],
  sent: number,
  load: Load,
  {
    bot,
    before,
    wait,
  }: { readonly bot: CountingBot; readonly before: { readonly duplicates: number }; wait(ms: number): Promise<void> },
): Promise<Figures> {
  const acknowledgedAt = performance.now()
  const isComplete = (): boolean => bot.countOf(load.acknowledged) === load.acknowledged.length
  while (!isComplete() && performance.now() - Math.max(bot.lastAt, acknowledgedAt) < PATIENCE) await wait(LOOK)
  const backlog = Math.max(0, bot.lastAt - acknowledgedAt) / 1_000
  // A second delivery would come soon after the first.
  await wait(1_000)
  const delivered = bot.countOf(load.acknowledged)
  const { p50, p99, max } = load.times
  return {
    load: name,
    sent,
    acknowledged: load.acknowledged.length,
    statuses: load.statuses,
    p50,
    p99,
    max,
    ...(load.late === undefined ? {} : { late: load.late.p99 }),
    rate: load.acknowledged.length / load.duration,
    delivered,
    lost: load.acknowledged.length - delivered,
    duplicates: bot.duplicates - before.duplicates,
    backlog,
  }
}

import type { AlertReport, SimulationReport } from '@botbus/plugin-tradingview'
import { escapeLine } from '../output/escape.ts'
import { renderTable } from '../output/table.ts'

/** More lines than anybody reads are left to `-o json`. */
const MOST_ROWS = 20

type Answer = AlertReport['answers'][number]

export function reportText({ alerts, summary }: SimulationReport): string {
  const shown =
    alerts.length <= MOST_ROWS ? alerts : alerts.filter(({ isAsExpected }) => !isAsExpected).slice(0, MOST_ROWS)
  const counts = [
    ...Object.entries(summary.statuses).map(([status, count]) => `${count} × ${status}`),
    ...(summary.timeouts > 0 ? [`${summary.timeouts} × no answer`] : []),
    ...(summary.failures > 0 ? [`${summary.failures} × no connection`] : []),
  ].join(', ')
  const times =
    summary.p50 === undefined
      ? ''
      : `; p50 ${inMs(summary.p50)}, p99 ${inMs(summary.p99)}, longest ${inMs(summary.max)}`
  const line = `${countOf(summary.alerts, 'alert')}, ${countOf(summary.posts, 'POST')}: ${counts}${times}`
  return shown.length === 0 ? line : `${renderTable(HEADINGS, shown.flatMap(rowsOf))}\n\n${line}`
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

const HEADINGS = ['ALERT', 'ANSWER', 'TIME', 'AS EXPECTED', 'BODY']

/** One row for each answer; the last one counts. */
function rowsOf({ name, answers, isAsExpected, expected }: AlertReport): string[][] {
  return answers.map((answer, index) => {
    const isLast = index === answers.length - 1
    const verdict = isAsExpected ? 'yes' : `no: ${expected}`
    return [
      index === 0 ? name : '  sent again',
      statusOf(answer),
      inMs(answer.milliseconds),
      isLast ? verdict : '',
      bodyOf(answer),
    ]
  })
}

function statusOf(answer: Answer): string {
  if (answer.kind === 'answered') return String(answer.status)
  return answer.kind === 'timeout' ? 'none in time' : 'no connection'
}

function bodyOf(answer: Answer): string {
  const text = answer.kind === 'answered' ? answer.body : answer.kind === 'failed' ? answer.reason : ''
  const line = escapeLine(text.trim())
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}

function inMs(milliseconds: number | undefined): string {
  return milliseconds === undefined
    ? ''
    : `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`
}

const HINTS: Readonly<Record<string, string>> = {
  401: 'the secret is missing or wrong: --secret-env and --secret-file name it, {{secret}} in the message says where it goes',
  403: 'the route takes alerts from certain addresses only, or wants a certificate: "addresses: any" lets this machine in',
  404: 'the server has no such route',
  413: 'the message is larger than "maxBody" of the route',
  429: 'the route takes fewer alerts per minute: raise "rateLimit"',
}

/** What the answers that were not expected may mean. */
export function hintsFor({ alerts }: SimulationReport): readonly string[] {
  const wrong = alerts.filter(({ isAsExpected }) => !isAsExpected).flatMap(({ answers }) => answers.at(-1) ?? [])
  const hints = wrong.flatMap((answer) => {
    if (answer.kind === 'failed') return ['nobody answered: does the server run?']
    return answer.kind === 'answered' ? (HINTS[answer.status] ?? []) : []
  })
  return [...new Set(hints)]
}

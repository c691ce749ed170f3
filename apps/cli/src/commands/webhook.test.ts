import { SCENARIOS } from '@botbus/plugin-tradingview'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { readTemplate } from './webhook-message.ts'
import { hintsFor, reportText } from './webhook-report.ts'
import { addTradingviewTest } from './webhook-test.ts'

it('offers the scenarios that the simulator has', () => {
  const parent = new Command()
  addTradingviewTest(parent)
  const option = parent.commands[0]?.options.find(({ long }) => long === '--scenario')
  expect(option?.argChoices).toEqual(SCENARIOS)
})

describe('readTemplate', () => {
  it.each(['{"action":"buy"}', '{"secret":"{{secret}}","price":1}', 'secret={{secret}};action=buy', 'a plain text'])(
    'takes %s as it is',
    async (message) => {
      expect(await readTemplate({ message })).toBe(message)
    },
  )

  it.each(['{"secret":"hunter2"}', '{"a":{"apiKey" : "hunter2"}}', 'action=buy;TOKEN=hunter2', 'passphrase: hunter2'])(
    'refuses the secret of %s, without repeating it',
    async (message) => {
      const error = await readTemplate({ message }).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ exitCode: 4, message: expect.stringContaining('{{secret}}') })
      expect(String(error)).not.toContain('hunter2')
    },
  )
})

describe('a report', () => {
  const answered = (status: number, body = '{}') => ({ kind: 'answered', status, body, milliseconds: 1.25 }) as const
  const alert = (
    isAsExpected: boolean,
    ...answers: (ReturnType<typeof answered> | { kind: 'timeout'; milliseconds: number })[]
  ) => ({
    name: 'alert',
    contentType: 'application/json',
    answers,
    expected: '202',
    isAsExpected,
  })
  const summary = { alerts: 1, posts: 1, statuses: {}, timeouts: 0, failures: 0 }

  it('shows every answer, and cannot control a terminal', () => {
    const alerts = [alert(false, answered(503), answered(401, '\u001b[31m'))]
    const text = reportText({ scenario: 'once', isAsExpected: false, alerts, summary: { ...summary, timeouts: 2 } })
    expect(text).toContain('sent again')
    expect(text).toContain('no: 202')
    expect(text).toContain('2 × no answer')
    expect(text).not.toContain('\u001b')
  })

  it('of many alerts shows those that went wrong only', () => {
    const alerts = [...Array.from({ length: 50 }, () => alert(true, answered(202))), alert(false, answered(429))]
    const text = reportText({ scenario: 'burst', isAsExpected: false, alerts, summary })
    expect(text.split('\n').filter((line) => line.startsWith('alert'))).toHaveLength(1)
  })

  it('gives each hint once, for what was not expected', () => {
    const alerts = [alert(false, answered(401)), alert(false, answered(401)), alert(true, answered(429))]
    expect(hintsFor({ scenario: 'burst', isAsExpected: false, alerts, summary })).toEqual([
      expect.stringContaining('secret'),
    ])
  })
})

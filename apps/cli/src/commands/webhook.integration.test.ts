import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CliResult, runCli } from '../../test/cli-process.ts'
import { startServer, type TestServer } from '../../test/server-process.ts'

const SECRET = 'f3a9c1d7e5b80246aa'
const OTHER = '7b1e0c95d2a4468f33'
const entries = { name: 'entries', when: { action: 'buy' }, do: [{ preset: 'order.market' }] }

let server: TestServer

beforeAll(async () => {
  const route = { secrets: [SECRET], bot: 'alpha', rateLimit: 10_000, rules: [entries] }
  server = await startServer({
    demo: route,
    commas: { ...route, format: '3commas' },
    dry: { ...route, dryRun: true },
    slow: { ...route, rateLimit: 3 },
    ignoring: { ...route, rules: [{ name: 'none', do: [{ ignore: 'a holiday' }] }] },
  })
  await writeFile(join(server.folder, 'secret.txt'), `${SECRET}\n`)
  await writeFile(
    join(server.folder, 'alert.json'),
    '{"secret":"{{secret}}","action":"{{strategy.order.action}}","amount":"{{strategy.order.contracts}}","note":"{{timenow}}"}',
  )
})

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

interface Report {
  isAsExpected: boolean
  summary: { alerts: number; statuses: Record<string, number> }
  alerts: { answers: { body: string }[] }[]
}

const webhook = (args: string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<CliResult> =>
  runCli(['webhook', 'tradingview', ...args, '--config', server.config], options)

async function test(...args: string[]): Promise<Report & { exitCode: number | null; stderr: string }> {
  const { stdout, stderr, exitCode } = await webhook(['test', ...args])
  expect(stdout + stderr).not.toContain(SECRET)
  return { ...(JSON.parse(stdout) as Report), exitCode, stderr }
}

describe('webhook tradingview test', () => {
  it.each([
    ['once', {}, { 202: 1 }],
    ['resend', { speed: 100 }, { 200: 3, 202: 1 }],
    ['text', {}, { 202: 1 }],
    ['late', {}, { 422: 1 }],
    ['fills', {}, { 202: 2 }],
    ['burst', { alerts: 50, concurrency: 20 }, { 202: 50 }],
  ])('%s ends with 0 when the server answers as it should', async (scenario, options, statuses) => {
    const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
    expect(await test('demo', '--scenario', scenario, ...flags)).toMatchObject({
      exitCode: 0,
      isAsExpected: true,
      summary: { statuses },
    })
  })

  it('nan ends with 0: the server says what is wrong with it', async () => {
    const report = await test('demo', '--scenario', 'nan')
    expect(report).toMatchObject({ exitCode: 0, summary: { alerts: 1 } })
  })

  it('takes a URL, with the secret from a variable or a file', async () => {
    const target = ['test', `${server.url}/webhooks/tradingview/demo`]
    expect(await webhook([...target, '--secret-env', 'MINE'], { env: { MINE: SECRET } })).toMatchObject({ exitCode: 0 })
    expect(await webhook([...target, '--secret-file', join(server.folder, 'secret.txt')])).toMatchObject({
      exitCode: 0,
    })
    const wrong = await webhook([...target, '--secret-env', 'MINE'], { env: { MINE: OTHER } })
    expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('secret is missing or wrong') })
    expect(wrong.stdout + wrong.stderr).not.toContain(OTHER)
  })

  it('takes a template of its own', async () => {
    expect(await test('demo', '--template', join(server.folder, 'alert.json'))).toMatchObject({ exitCode: 0 })
    const text = 'secret={{secret}};action=buy;amount=0.02;note={{timenow}}'
    expect(await test('demo', '--message', text)).toMatchObject({ exitCode: 0 })
  })

  it('ends with 0 for a route that only says what it would do', async () => {
    expect(await test('dry')).toMatchObject({ exitCode: 0, summary: { statuses: { 200: 1 } } })
  })

  it('ends with 1 and a hint when there are more alerts than the route takes', async () => {
    const report = await test('slow', '--scenario', 'burst', '--alerts', '6')
    expect(report).toMatchObject({ exitCode: 1, isAsExpected: false, summary: { statuses: { 202: 3, 429: 3 } } })
    expect(report.stderr).toContain('rateLimit')
    expect(report.stderr).toContain('3 of 6 alerts')
  })

  it('shows a table to people', async () => {
    const { stdout } = await webhook(['test', 'demo', '-o', 'table'])
    expect(stdout).toMatch(/^ALERT +ANSWER +TIME +AS EXPECTED/)
    expect(stdout).toContain('1 alert, 1 POST: 1 × 202')
  })

  it('ends with 1 when nobody listens', async () => {
    const answer = await webhook(['test', 'http://127.0.0.1:1/'])
    expect(answer).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('does the server run?') })
  })

  it.each([
    [['nowhere'], 2, 'there are: demo, commas'],
    [['demo', '--template', 'missing.json'], 4, 'missing.json'],
    [['demo', '--secret-env', 'NOT_SET'], 4, 'NOT_SET'],
    [['demo', '--message', '{"secret":"hunter2hunter2"}'], 4, '{{secret}}'],
    [['demo', '--message', 'secret=hunter2hunter2'], 4, '{{secret}}'],
    [['demo', '--scenario', 'fills', '--message', 'action=buy'], 4, 'strategy.order.id'],
    [['demo', '--scenario', 'flood'], 4, 'flood'],
  ])('%j ends with %i', async (args, exitCode, told) => {
    const answer = await webhook(['test', ...args])
    expect(answer).toMatchObject({ exitCode, stdout: '', stderr: expect.stringContaining(told) })
    expect(answer.stderr).not.toContain('hunter2')
  })
})

describe('webhook tradingview explain', () => {
  const alert = { secret: SECRET, action: 'buy', amount: '0.01' }

  it('ends with 0 for an alert that would be delivered, and shows what would be sent', async () => {
    const answer = await webhook(['explain', 'demo', '-o', 'json'], { input: JSON.stringify(alert) })
    expect(answer).toMatchObject({ exitCode: 0, stderr: '' })
    expect(answer.stdout).not.toContain(SECRET)
    expect(JSON.parse(answer.stdout)).toMatchObject({
      status: 202,
      alerts: [
        {
          secret: 'accepted',
          rules: [{ rule: 'entries', verdict: 'matches' }],
          plan: { kind: 'deliver', deliveries: [{ kind: 'event', bot: 'alpha', name: 'order.market' }] },
        },
      ],
    })
  })

  it('shows people which rule does not match, and why', async () => {
    const input = JSON.stringify({ ...alert, action: 'sell' })
    const { stdout, exitCode } = await webhook(['explain', 'demo', '-o', 'table'], { input })
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/entries +does not match +action should be/)
  })

  it.each([
    ['demo', { ...alert, secret: OTHER }, 'UNAUTHORIZED'],
    ['demo', { ...alert, time: '2020-01-01T00:00:00Z' }, 'STALE'],
    ['ignoring', alert, 'a holiday'],
    ['dry', alert, 'dry run'],
  ])('ends with 1 for route %s and %j', async (route, body, told) => {
    const answer = await webhook(['explain', route], { input: JSON.stringify(body) })
    expect(answer).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(told) })
    expect(answer.stdout + answer.stderr).not.toContain(OTHER)
  })

  it('takes a file, and a time at which it arrives', async () => {
    const file = join(server.folder, 'old.json')
    await writeFile(file, JSON.stringify({ ...alert, time: '2026-02-18T14:30:01Z' }))
    expect(await webhook(['explain', 'demo', '--file', file])).toMatchObject({ exitCode: 1 })
    expect(await webhook(['explain', 'demo', '--file', file, '--at', '2026-02-18T14:30:05Z'])).toMatchObject({
      exitCode: 0,
    })
    expect(await webhook(['explain', 'demo', '--file', 'missing.json'])).toMatchObject({ exitCode: 4 })
    expect(await webhook(['explain', 'demo', '--at', 'noon'])).toMatchObject({ exitCode: 4 })
  })
})

describe('webhook tradingview generate', () => {
  it('writes what is to be entered at TradingView, without the secret unless asked', async () => {
    const answer = await webhook(['generate', 'demo', '--url-base', 'https://bots.example.org'])
    expect(answer).toMatchObject({ exitCode: 0, stderr: '' })
    expect(answer.stdout).not.toContain(SECRET)
    expect(JSON.parse(answer.stdout)).toMatchObject({
      url: 'https://bots.example.org/webhooks/tradingview/demo',
      message: expect.stringContaining('{{strategy.order.action}}'),
      pine: expect.stringContaining('//@version=6'),
    })
    expect((await webhook(['generate', 'demo', '--show-secret'])).stdout).toContain(SECRET)
  })

  it('writes a message that the route takes, once TradingView has filled it in', async () => {
    const file = join(server.folder, 'generated.json')
    const { stdout } = await webhook(['generate', 'demo', '--show-secret'])
    await writeFile(file, (JSON.parse(stdout) as { message: string }).message)
    expect(await test('demo', '--template', file)).toMatchObject({ exitCode: 0 })
  })

  it('shows people the parts under their names in the dialog', async () => {
    const { stdout } = await webhook(['generate', 'demo', '--kind', 'indicator', '--action', 'sell', '-o', 'table'])
    expect(stdout).toMatch(/^Webhook URL\n[\s\S]*\nMessage\n[\s\S]*\nPine v6\n/)
    expect(stdout).toContain('sell')
  })

  it('a route of another format is tried with a message of that format', async () => {
    expect(await test('commas')).toMatchObject({ exitCode: 0, summary: { statuses: { 202: 1 } } })
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { BROKER_KINDS, brokerOf } from '../support/test-broker.ts'

const folder = fileURLToPath(new URL('../../examples', import.meta.url))
const source = ['--conditions=@botbus/source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
const programs = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
/** Those that take their broker from BOTBUS_BROKER, and what each prints, line by line. */
const EXPECTED: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  '01-publish-and-subscribe.ts': [
    'listener: BTC-USDT at 64000',
    'listener: ETH-USDT at 3100',
    'stream: market/BTC-USDT/price {"price":64000}',
    'stream: market/ETH-USDT/price {"price":3100}',
  ],
  '02-call-and-serve.ts': [
    'withdrawn: { left: 70 }',
    'once for one key: [ { left: 60 }, { left: 60 } ]',
    'failed: REMOTE executed {"missing":440}',
    'failed: INVALID_ARGUMENT not_sent ""',
    // Where the broker cannot tell that nobody is there, the call ends by its timeout.
    /^failed: (NO_RESPONDER not_sent|TIMEOUT unknown) ""$/,
  ],
  '03-your-own-bot.ts': [
    'the bot is on the bus',
    'start:  trading',
    'status: trading',
    /^event: {2}\{"timestamp":\d+,"type":"OrderFilled",/,
    'stop:   flat',
    `import: { status: 400, msg: 'this bot has no command "import"' }`,
  ],
  '04-swap-the-broker.ts': [
    /^carried by (memory|mqtt|amqp|redis|kafka)$/,
    'squares: 1 4 9',
    /^handled: job 1 \((again, if the listener had failed|at most once)\)$/,
    /^a call to nobody: (NO_RESPONDER \((definite|best-effort)\)|TIMEOUT \(presence\))$/,
  ],
  '06-your-own-plugin-contract.ts': ['limit: { maxLoss: 100 }', 'stopped for a loss of 250'],
}

async function linesOf(program: string, broker: string | undefined): Promise<string[]> {
  const { stdout } = await execa(process.execPath, [...source, join(folder, program)], {
    env: { BOTBUS_BROKER: broker },
    timeout: 40_000,
  })
  return stdout.split('\n').sort()
}

const expected = (program: string): unknown[] =>
  (EXPECTED[program] ?? []).map((line) => (typeof line === 'string' ? line : expect.stringMatching(line)))

it.each(programs)('%s has fewer than 60 lines', (program) => {
  expect(readFileSync(join(folder, program), 'utf8').trimEnd().split('\n').length).toBeLessThan(60)
})

describe.each(Object.keys(EXPECTED))('%s', (program) => {
  it('runs without a broker', async () => {
    const lines = await linesOf(program, undefined)
    expect(lines).toHaveLength(expected(program).length)
    expect(lines).toEqual(expect.arrayContaining(expected(program)))
  })

  it.each(BROKER_KINDS)('says the same on %s', async (kind) => {
    await using broker = await brokerOf(kind)
    const lines = await linesOf(program, broker.url)
    expect(lines).toHaveLength(expected(program).length)
    expect(lines).toEqual(expect.arrayContaining(expected(program)))
  })
})

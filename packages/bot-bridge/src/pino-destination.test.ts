import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { BotPublisher } from './bot.ts'
import { pinoDestination } from './pino-destination.ts'

type LogRecord = Parameters<BotPublisher['log']>[0]

function setUp() {
  const records: LogRecord[] = []
  return { records, destination: pinoDestination({ log: (record) => records.push(record) }) }
}

describe('pinoDestination', () => {
  it('maps pino’s levels to Python’s', () => {
    const { records, destination } = setUp()
    const log = pino({ level: 'trace', name: 'bot' }, destination)
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log[level](level)
    expect(records.map(({ level, message }) => [level, message])).toEqual([
      ['DEBUG', 'trace'],
      ['DEBUG', 'debug'],
      ['INFO', 'info'],
      ['WARNING', 'warn'],
      ['ERROR', 'error'],
      ['CRITICAL', 'fatal'],
    ])
    expect(records[0]).toMatchObject({ logger: 'bot', timestamp: expect.closeTo(Date.now(), -5) })
  })

  it('respects the level of the logger', () => {
    const { records, destination } = setUp()
    pino({ level: 'warn' }, destination).info('quiet')
    expect(records).toEqual([])
  })

  it('appends the stack of an error', () => {
    const { records, destination } = setUp()
    const error = new Error('broken')
    pino(destination).error(error, 'cannot trade')
    expect(records[0]?.message).toBe(`cannot trade\n${error.stack}`)
    pino(destination).error(error)
    expect(records[1]?.message).toContain(error.stack)
  })

  it('names the logger by "logger", then "name", else botbus', () => {
    const { records, destination } = setUp()
    const log = pino({ name: 'bot' }, destination)
    log.child({ logger: 'hummingbot.strategy.x' }).info('a')
    log.info('b')
    pino(destination).info('c')
    expect(records.map(({ logger }) => logger)).toEqual(['hummingbot.strategy.x', 'bot', 'botbus'])
  })

  it('reads levels as labels, ISO times and records without a message', () => {
    const { records, destination } = setUp()
    const formatters = { level: (label: string) => ({ level: label }) }
    pino({ formatters, timestamp: pino.stdTimeFunctions.isoTime }, destination).warn({ a: 1 })
    expect(records).toEqual([
      { level: 'WARNING', message: '', logger: 'botbus', timestamp: expect.closeTo(Date.now(), -5) },
    ])
  })

  it.each([
    ['not json'],
    ['{"level":"loud","msg":"x"}'],
    ['[]'],
    ['{"msg":"x"}'],
    ['{"level":30,"time":"noon","msg":"x"}'],
  ])('forwards %s, which it cannot read, as it is', (line) => {
    const { records, destination } = setUp()
    destination.write(`${line}\n`)
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ level: 'WARNING', message: expect.stringContaining(line), logger: 'botbus' })
  })
})

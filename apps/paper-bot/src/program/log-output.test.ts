import { describe, expect, it } from 'vitest'
import { Reporter } from '../reporting/reporter.ts'
import { makeLogger } from './log-output.ts'

function collect(isTTY: boolean) {
  const lines: string[] = []
  const records: unknown[] = []
  const output = { isTTY, write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream
  const reporter = new Reporter()
  reporter.attach({
    log: (record) => void records.push(record),
    event: () => undefined,
    notify: () => undefined,
    performance: () => undefined,
    statusUpdate: () => undefined,
  })
  return { logger: makeLogger(output, reporter).child({ name: 'hummingbot.core' }), lines, records }
}

describe('the log', () => {
  it('goes to the log channel under the name of its logger', () => {
    const { logger, records } = collect(false)
    logger.warn('order OID1 slow')
    expect(records).toMatchObject([{ level: 'WARNING', message: 'order OID1 slow', logger: 'hummingbot.core' }])
  })

  it('is JSON lines in a file, and readable on a terminal', () => {
    const file = collect(false)
    file.logger.info('hello')
    expect(JSON.parse(file.lines[0] ?? '')).toMatchObject({ level: 30, name: 'hummingbot.core', msg: 'hello' })
    const terminal = collect(true)
    terminal.logger.error({ err: new Error('no') }, 'it failed')
    expect(terminal.lines[0]).toMatch(/^\d\d:\d\d:\d\d ERROR hummingbot\.core: it failed\nError: no\n/)
  })

  it('shows control characters and direction marks on a terminal', () => {
    const { logger, lines } = collect(true)
    logger.warn('a\u001b[2J\r\u202eb\nc')
    expect(lines[0]).toMatch(/: a\\u\{1b\}\[2J\\u\{d\}\\u\{202e\}b\nc\n$/)
  })

  it('has the level of its logger, whatever that is', () => {
    const { logger, lines, records } = collect(false)
    logger.debug('quiet')
    logger.level = 'debug'
    logger.debug('loud')
    expect([lines.length, records.length]).toEqual([1, 1])
  })
})

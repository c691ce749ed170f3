import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { escapeText } from './escape-text.ts'
import { safeLogOptions } from './log-safety.ts'
import { newSecret, SECRET_PREFIXES } from './secrets.ts'

function logOf(write: (logger: ReturnType<typeof pino>) => void): string {
  const lines: string[] = []
  write(pino({ base: null, ...safeLogOptions }, { write: (line: string) => void lines.push(line) }))
  return lines.join('')
}

describe('the log', () => {
  it('shows neither secrets by key, at any depth, nor those of this server wherever they stand', () => {
    const token = newSecret(SECRET_PREFIXES.token)
    const setup = newSecret(SECRET_PREFIXES.setup)
    const line = logOf((logger) => {
      logger.info({ client: { api_key: 'key-1' }, a: [{ password: 'key-2' }], url: `/x?t=${token}` }, `made ${setup}`)
      logger.error({
        err: Object.assign(new Error(`bad ${token}`), { rawPacket: 'key-3', headers: { cookie: 'key-4' } }),
      })
    })
    expect(line).not.toMatch(/key-\d/)
    expect(line).not.toContain(token.slice(4))
    expect(line).not.toContain(setup.slice(4))
    expect(line).toContain('bbt_[redacted]')
  })

  it('shows of a request neither headers nor the values of the query', () => {
    const raw = { url: '/webhooks/x?api_key=key-1', headers: { cookie: 'key-2' } }
    const line = logOf((logger) => logger.info({ req: { raw, method: 'POST', ip: '127.0.0.1', body: 'key-3' } }, 'in'))
    expect(JSON.parse(line)).toMatchObject({ req: { method: 'POST', path: '/webhooks/x', query: 'present' } })
    expect(line).not.toMatch(/key-\d/)
  })

  it('is one line of JSON per entry, without anything that a terminal obeys', () => {
    const hostile = 'a\u001b[31m\u009b2J\u202eb\r\n{"level":60}\u2028\u200b\u{e0041}'
    const line = logOf((logger) => logger.info({ [hostile]: hostile }, hostile))
    expect(line.match(/\n/g)).toHaveLength(1)
    expect(line).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|\u2028/u)
    expect(JSON.parse(line)).toMatchObject({ msg: hostile, [hostile]: hostile })
  })

  it('leaves text alone that harms nobody', () => {
    const text = 'ETH-USDT → größer, 価格 😀 "quoted" \\u001b'
    expect(escapeText(text)).toBe(text)
  })
})

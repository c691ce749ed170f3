import { describe, expect, it } from 'vitest'
import { redactText } from './redact-text.ts'

describe('redactText', () => {
  it.each([
    ['{"key": "abc", "action": "buy"', '{"key": "[redacted]", "action": "buy"'],
    [`{'secret':'a"b','x':1}`, `{'secret':'[redacted]','x':1}`],
    ['{"secret": "with \\" quote and , comma", "x": 1', '{"secret": "[redacted]", "x": 1'],
    ['{"secret":\n  "next line"}', '{"secret":\n  "[redacted]"}'],
    ['"{\\"token\\": \\"abc\\", \\"x\\": 1}"', '"{\\"token\\": \\"[redacted]\\", \\"x\\": 1}"'],
    ['{"secret": 12345, "x": 1}', '{"secret": [redacted], "x": 1}'],
    ['secret=abc;action=buy', 'secret=[redacted];action=buy'],
    ['action=buy\nsecret = two words\nx=1', 'action=buy\nsecret = [redacted]\nx=1'],
    ['secret=two words action=buy', 'secret=[redacted] action=buy'],
    ['a=b=secret=abc', 'a=b=secret=[redacted]'],
    ['https://host/path?token=abc&x=1', 'https://host/path?token=[redacted]&x=1'],
    ['https://ada:hunter2@host/', 'https://ada:[redacted]@host/'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted]'],
    ['password:abc|x:1', 'password:[redacted]|x:1'],
    ['{"passphrase": "never closed', '{"passphrase": "[redacted]"'],
    ['key: abc', 'key: [redacted]'],
  ])('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected)
  })

  it.each([
    'buy 0.1 BTC at 64000',
    'keyboard=qwerty tokens_total: 5',
    '{"symbol": "BTCUSDT", "time": "2030-01-01T00:00:00Z"}',
    'secret',
    'secret=',
    '',
  ])('leaves %j as it is', (text) => {
    expect(redactText(text)).toBe(text)
  })

  it.each([
    ['keys', 'secret='.repeat(8_000)],
    ['other keys', 'a='.repeat(40_000)],
    ['quotes', `secret="${'\\"'.repeat(40_000)}`],
    ['escaped quotes', `secret=${'\\'.repeat(3)}"${'\\'.repeat(80_000)}`],
    ['blanks', `secret=a${' '.repeat(80_000)}b`],
    ['one long word', `secret=${'a'.repeat(80_000)}`],
    ['slashes', `${'a'.repeat(40_000)}://${'b'.repeat(40_000)}`],
    ['schemes', 'http://a'.repeat(10_000)],
  ])('takes no more than its length for a hostile text of %s', (_name, text) => {
    const start = performance.now()
    redactText(text)
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})

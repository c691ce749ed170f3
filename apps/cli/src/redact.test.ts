import { expect, it } from 'vitest'
import { redact, redactConfigAnswer } from './redact.ts'

it('replaces secrets at any depth, in lists too, and keeps the rest', () => {
  const config = {
    mqtt_bridge: { mqtt_username: 'bob', mqtt_password: 'p' },
    binance_api_key: 'k',
    accounts: [{ apiKey: 'k', 'api-secret': 's', name: 'main' }],
    telegram_token: { value: 't' },
  }
  expect(redact(config)).toEqual({
    mqtt_bridge: { mqtt_username: 'bob', mqtt_password: '***' },
    binance_api_key: '***',
    accounts: [{ apiKey: '***', 'api-secret': '***', name: 'main' }],
    telegram_token: '***',
  })
})

it('shows that a secret is not set', () => {
  expect(redact({ password: '', token: null })).toEqual({ password: '', token: null })
})

it('redacts the changes of a configuration, which are pairs', () => {
  const answer = {
    status: 200,
    changes: [
      ['mqtt_bridge.mqtt_password', 'p'],
      ['spread', 1],
    ],
    config: { client: { secret: 's' } },
  }
  expect(redactConfigAnswer(answer)).toEqual({
    status: 200,
    changes: [
      ['mqtt_bridge.mqtt_password', '***'],
      ['spread', 1],
    ],
    config: { client: { secret: '***' } },
  })
})

it('leaves what is no configuration as it is', () => {
  expect(redactConfigAnswer('text')).toBe('text')
  expect(redactConfigAnswer(null)).toBeNull()
})

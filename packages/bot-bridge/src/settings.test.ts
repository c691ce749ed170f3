import { describe, expect, it } from 'vitest'
import { bridgeSettings, checkSettings } from './settings.ts'

const DEFAULTS = {
  host: 'localhost',
  port: 1883,
  username: '',
  password: '',
  ssl: false,
  namespace: 'hbot',
  logger: true,
  notifier: true,
  commands: true,
  events: true,
  external_events: true,
  autostart: true,
}

describe('bridge settings', () => {
  it('are complete without any', () => {
    expect(bridgeSettings.parse({})).toEqual(DEFAULTS)
  })

  it('take the original names and null for nothing', () => {
    const given = { mqtt_host: 'broker', mqtt_port: '8883', mqtt_ssl: 'True', mqtt_password: null, mqtt_logger: 0 }
    expect(bridgeSettings.parse(given)).toEqual({ ...DEFAULTS, host: 'broker', port: 8883, ssl: true, logger: false })
  })

  it.each([
    ['hbot/', 'hbot'],
    ['hbot.', 'hbot'],
    ['firm/desk', 'firm/desk'],
  ])('cuts one trailing separator of the namespace %s', (given, namespace) => {
    expect(checkSettings({ namespace: given }).namespace).toBe(namespace)
  })

  it.each([[''], ['a//b'], ['hbot//'], ['+'], ['a/#'], ['a b'], ['/']])('refuse the namespace %j', (namespace) => {
    expect(() => checkSettings({ namespace })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })

  it.each([
    [{ port: 0 }, 'port'],
    [{ port: 'x' }, 'port'],
    [{ ssl: 'perhaps' }, 'ssl'],
    [{ host: '' }, 'host'],
    [{ loger: true }, 'loger'],
  ])('refuse %j and name the setting', (given, name) => {
    expect(() => checkSettings(given as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(name) }),
    )
  })
})

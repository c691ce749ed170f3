import { bridgeSettings } from '@botbus/bridge'
import type { BrokerConfig } from '@botbus/config'
import { describe, expect, it } from 'vitest'
import { ClientSettings } from '../settings/client-settings.ts'
import { chooseBroker, effectiveBridge } from './broker.ts'

const bridgeOf = (broker: BrokerConfig) => effectiveBridge({ broker, port: 1883, bridge: bridgeSettings.parse({}) })
const settingsFor = (broker: BrokerConfig) => new ClientSettings({ id: 'alpha', bridge: bridgeOf(broker) })

describe('effectiveBridge', () => {
  it.each([
    ['mqtt://bus.example', { host: 'bus.example', port: 1883, ssl: false }],
    ['mqtts://bus.example', { host: 'bus.example', port: 8883, ssl: true }],
    ['mqtt://bus.example:1884', { port: 1884 }],
    ['embedded:1999', { host: '127.0.0.1', port: 1999, ssl: false }],
    ['memory:', { host: 'localhost' }],
  ])('tells where %s is', (url, expected) => {
    expect(bridgeOf({ url, username: 'u', password: 'p' })).toMatchObject({ ...expected, username: 'u', password: 'p' })
  })
})

describe('chooseBroker', () => {
  const configured = { url: 'mqtt://bus.example:1884', username: 'u', passwordFile: '/run/secret', clientId: 'c' }

  it('keeps the configured broker while nothing was changed', () => {
    const settings = settingsFor(configured)
    settings.set('mqtt_bridge.mqtt_logger', false)
    expect(chooseBroker(configured, settings)).toBe(configured)
  })

  it('goes where changed settings point, with what else was configured', () => {
    const settings = settingsFor(configured)
    settings.set('mqtt_bridge.mqtt_port', 8883)
    settings.set('mqtt_bridge.mqtt_ssl', 1)
    expect(chooseBroker(configured, settings)).toEqual({ ...configured, url: 'mqtts://bus.example:8883' })
  })

  it('uses a changed password instead of the password file', () => {
    const settings = settingsFor(configured)
    settings.set('mqtt_bridge.mqtt_password', 'new')
    expect(chooseBroker(configured, settings)).toEqual({
      url: 'mqtt://bus.example:1884',
      username: 'u',
      password: 'new',
      clientId: 'c',
    })
  })
})

import { bridgeSettings } from '@botbus/bridge'
import type { BrokerConfig } from '@botbus/config'
import { describe, expect, it } from 'vitest'
import { ClientSettings } from '../settings/client-settings.ts'
import { chooseBroker, effectiveBridge } from './broker.ts'

const bridgeOf = (broker: BrokerConfig) => effectiveBridge({ broker, bridge: bridgeSettings.parse({}) })
const settingsFor = (broker: BrokerConfig) => new ClientSettings({ id: 'alpha', bridge: bridgeOf(broker) })

describe('effectiveBridge', () => {
  it.each([
    ['mqtt://bus.example', { host: 'bus.example', port: 1883, ssl: false }],
    ['mqtts://bus.example', { host: 'bus.example', port: 8883, ssl: true }],
    ['mqtt://bus.example:1884', { port: 1884 }],
    ['amqps://bus.example/vhost', { host: 'bus.example', port: 5671, ssl: true }],
    ['kafka://a:9093,b:9094', { host: 'a', port: 9093, ssl: false }],
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

  it.each([
    ['amqp://bus.example/vhost', 'amqps://elsewhere:7/vhost'],
    ['redis://bus.example/3?sentinel=main', 'rediss://elsewhere:7/3?sentinel=main'],
    ['kafka://a:9092,b:9092?prefix=x', 'kafkas://elsewhere:7?prefix=x'],
  ])('stays with the kind of broker that %s is', (url, moved) => {
    const settings = settingsFor({ url })
    settings.set('mqtt_bridge.mqtt_host', 'elsewhere')
    settings.set('mqtt_bridge.mqtt_port', 7)
    settings.set('mqtt_bridge.mqtt_ssl', true)
    expect(chooseBroker({ url }, settings)).toEqual({ url: moved })
  })

  it('keeps all hosts where only the credentials were changed', () => {
    const url = 'kafka://a:9092,b:9092?sasl=plain'
    const settings = settingsFor({ url })
    settings.set('mqtt_bridge.mqtt_username', 'u')
    settings.set('mqtt_bridge.mqtt_password', 'p')
    expect(chooseBroker({ url }, settings)).toEqual({ url, username: 'u', password: 'p' })
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

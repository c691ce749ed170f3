import { describe, expect, it } from 'vitest'
import { brokerAddress, withBrokerAddress } from './broker-address.ts'

describe('brokerAddress', () => {
  it.each([
    ['mqtt://bus.example', { host: 'bus.example', port: 1883, secure: false }],
    ['MQTTS://bus.example', { host: 'bus.example', port: 8883, secure: true }],
    ['amqps://bus.example/vhost', { host: 'bus.example', port: 5671, secure: true }],
    ['redis://[::1]/3', { host: '::1', port: 6379, secure: false }],
    ['kafka://a:9093,b:9094?prefix=x', { host: 'a', port: 9093, secure: false }],
    ['embedded:1999', { host: '127.0.0.1', port: 1999, secure: false }],
    ['memory:', undefined],
  ])('of %s', (url, address) => {
    expect(brokerAddress(url)).toEqual(address)
  })
})

describe('withBrokerAddress', () => {
  const address = { host: 'other', port: 7, secure: true }

  it.each([
    ['mqtt://bus.example:1883', 'mqtts://other:7'],
    ['amqp://bus.example/vhost?mqttBots=true', 'amqps://other:7/vhost?mqttBots=true'],
    ['kafkas://a:9093,b:9094?prefix=x', 'kafkas://other:7?prefix=x'],
    ['embedded:1883', 'mqtts://other:7'],
    ['memory:', 'mqtts://other:7'],
  ])('moves %s', (url, moved) => {
    expect(withBrokerAddress(url, address)).toBe(moved)
  })

  it('writes IPv6 addresses in brackets', () => {
    expect(withBrokerAddress('redis://h', { host: '::1', port: 7, secure: false })).toBe('redis://[::1]:7')
  })
})

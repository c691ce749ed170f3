import { readFileSync } from 'node:fs'
import { amqp } from '@botbus/amqp'
import { capabilitiesTable } from '@botbus/core'
import { kafka } from '@botbus/kafka'
import { memory } from '@botbus/memory'
import { mqtt } from '@botbus/mqtt'
import { redis } from '@botbus/redis'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('brokers.md', import.meta.url), 'utf8')

it('the table of docs/brokers.md is what the transports say of themselves', () => {
  const table = capabilitiesTable({
    'MQTT 5': mqtt({ url: 'mqtt://broker' }).capabilities,
    'MQTT 3.1.1': mqtt({ url: 'mqtt://broker', protocolVersion: 4 }).capabilities,
    AMQP: amqp({ url: 'amqp://broker' }).capabilities,
    'Redis 7': redis({ url: 'redis://broker' }).capabilities,
    Kafka: kafka({ url: 'kafka://broker' }).capabilities,
    memory: memory().capabilities,
  })
  expect(page).toContain(`<!-- capabilities -->\n\n${table}\n\n<!-- /capabilities -->`)
})

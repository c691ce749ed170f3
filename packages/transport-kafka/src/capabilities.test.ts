import { readFileSync } from 'node:fs'
import { capabilitiesTable } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { capabilitiesOf } from './capabilities.ts'
import { MAX_MESSAGE_BYTES } from './topics.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

describe('capabilities', () => {
  it('are those that the README’s table of guarantees states', () => {
    const table = capabilitiesTable({ Kafka: capabilitiesOf({ maxMessageBytes: MAX_MESSAGE_BYTES }) })
    expect(readme).toContain(`<!-- capabilities -->\n\n${table}\n\n<!-- /capabilities -->`)
  })

  it('follow the topics’ limit', () => {
    expect(capabilitiesOf({ maxMessageBytes: 10_000 }).maxPayload).toBeLessThan(10_000)
  })
})

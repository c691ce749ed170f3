import { readFileSync } from 'node:fs'
import { capabilitiesTable } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { capabilitiesOf } from './capabilities.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

describe('capabilities', () => {
  it('are those that the README’s table of guarantees states', () => {
    const table = capabilitiesTable({ 'MQTT 5': capabilitiesOf(5, {}), 'MQTT 3.1.1': capabilitiesOf(4, {}) })
    expect(readme).toContain(`<!-- capabilities -->\n\n${table}\n\n<!-- /capabilities -->`)
  })

  it('follow what an MQTT 5 broker says that it lacks', () => {
    expect(capabilitiesOf(5, { sharedSubscriptionAvailable: false }).groups).toBe('none')
    expect(capabilitiesOf(5, { subscriptionIdentifiersAvailable: false }).groups).toBe('none')
    expect(capabilitiesOf(5, { retainAvailable: false }).retained).toBe(false)
    expect(capabilitiesOf(5, { wildcardSubscriptionAvailable: false }).wildcards).toBe(false)
    expect(capabilitiesOf(5, { maximumPacketSize: 10_000 }).maxPayload).toBeLessThan(10_000)
  })
})

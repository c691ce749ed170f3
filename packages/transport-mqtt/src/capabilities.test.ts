import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { capabilitiesOf } from './capabilities.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const guarantees = readme.slice(readme.indexOf('## Guarantees'), readme.indexOf('## Two connections'))

describe('capabilities', () => {
  it('are those that the README’s table of guarantees states', () => {
    const rows = [...guarantees.matchAll(/^\| `(\w+)`\s*\|([^|\n]+)\|([^|\n]+)\|/gm)]
    const column = (index: number): Record<string, string> =>
      Object.fromEntries(rows.map((row) => [row[1], (row[index] as string).replaceAll(/[`,]/g, '').trim()]))
    const stated = (version: 4 | 5): Record<string, string> =>
      Object.fromEntries(Object.entries(capabilitiesOf(version, {})).map(([name, value]) => [name, String(value)]))
    expect(column(2)).toEqual(stated(5))
    expect(column(3)).toEqual(stated(4))
  })

  it('follow what an MQTT 5 broker says that it lacks', () => {
    expect(capabilitiesOf(5, { sharedSubscriptionAvailable: false }).groups).toBe(false)
    expect(capabilitiesOf(5, { subscriptionIdentifiersAvailable: false }).groups).toBe(false)
    expect(capabilitiesOf(5, { retainAvailable: false }).retained).toBe(false)
    expect(capabilitiesOf(5, { wildcardSubscriptionAvailable: false }).wildcards).toBe(false)
    expect(capabilitiesOf(5, { maximumPacketSize: 10_000 }).maxPayload).toBeLessThan(10_000)
  })
})

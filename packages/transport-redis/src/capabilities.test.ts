import { readFileSync } from 'node:fs'
import { capabilitiesTable } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { capabilitiesOf, DEFAULTS } from './capabilities.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const before7 = { ...DEFAULTS, sharded: false }

describe('capabilities', () => {
  it('are those that the README’s table of guarantees states', () => {
    const table = capabilitiesTable({
      'Redis 7': capabilitiesOf('channels', DEFAULTS),
      'before Redis 7': capabilitiesOf('channels', before7),
      'rpc: lists': capabilitiesOf('lists', DEFAULTS),
    })
    expect(readme).toContain(`<!-- capabilities -->\n\n${table}\n\n<!-- /capabilities -->`)
  })

  it('follow the limits of the server', () => {
    const maxPayload = (maxBulk: number, maxWaiting: number): number =>
      capabilitiesOf('channels', { ...DEFAULTS, maxBulk, maxWaiting }).maxPayload
    expect(maxPayload(1_000_000, 0)).toBe(1_000_000 - 65_536)
    expect(maxPayload(1_000_000, 1_000_000)).toBe(750_000 - 65_536)
  })
})

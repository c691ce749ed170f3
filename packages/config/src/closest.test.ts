import { describe, expect, it } from 'vitest'
import { closest } from './closest.ts'

describe('closest', () => {
  it('finds the word with the fewest changes', () => {
    expect(closest('BOTBUS_BRDGE_ID', ['BOTBUS_PORT', 'BOTBUS_BRIDGE_ID'])).toBe('BOTBUS_BRIDGE_ID')
    expect(closest('Porz', ['port', 'host'])).toBe('port')
  })

  it('finds nothing where nothing is near', () => {
    expect(closest('colour', ['port', 'host'])).toBeUndefined()
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nodeProblem } from './node-version.ts'

describe('nodeProblem', () => {
  it.each(['22.13.0', '22.21.1', '24.0.0', '100.0.0'])('lets Node %s run', (version) => {
    expect(nodeProblem('botbus', version)).toBeUndefined()
  })

  it.each(['22.12.9', '20.20.2', '18.0.0', '9.13.0'])('refuses Node %s, and says what is needed', (version) => {
    expect(nodeProblem('botbus', version)).toBe(
      `botbus needs Node 22.13 or later, this is ${version}; in the repository use: npm run -s botbus -- ...`,
    )
  })

  it('needs what the package declares', () => {
    const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(engines.node).toBe('>=22.13')
  })
})

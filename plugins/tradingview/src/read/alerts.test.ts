import { describe, expect, it } from 'vitest'
import type { AlertFixture } from '../../fixtures/alert.ts'
import { EDGE_CASES } from '../../fixtures/edge-cases.ts'
import { RECEIVER_ALERTS } from '../../fixtures/receivers.ts'
import { SERVICE_ALERTS } from '../../fixtures/services.ts'
import { TEXT_ALERTS } from '../../fixtures/texts.ts'
import { AlertError } from '../alert-error.ts'
import type { Signal } from '../signal.ts'
import { assertNoPlaceholders } from './placeholders.ts'
import { readBody } from './read-body.ts'
import { secretsIn } from './secret-of.ts'
import { toSignal } from './to-signal.ts'

function read({ body, read: options, signal }: AlertFixture): readonly Signal[] {
  return readBody(Buffer.from(body), { dialect: 'auto', ...options }).map((fields) => {
    assertNoPlaceholders(fields)
    return toSignal(fields, { format: 'auto', ...signal })
  })
}

function refusalOf(fixture: AlertFixture): AlertError {
  try {
    read(fixture)
  } catch (error) {
    if (error instanceof AlertError) return error
    throw error
  }
  throw new Error(`${fixture.name} was accepted`)
}

const all: [string, readonly AlertFixture[]][] = [
  ['of receivers', RECEIVER_ALERTS],
  ['of services', SERVICE_ALERTS],
  ['that are text', TEXT_ALERTS],
  ['made up', EDGE_CASES],
]

describe.each(all)('alerts %s', (_, fixtures) => {
  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('reads %s as it is meant', (_name, fixture) => {
    const { expected } = fixture
    if ('code' in expected) {
      const refusal = refusalOf(fixture)
      expect(refusal.code).toBe(expected.code)
      expect(refusal.message).toContain(expected.reason)
      return
    }
    const signals = read(fixture)
    expect(signals.map(({ fields: _fields, ...signal }) => signal)).toEqual(expected.signals)
  })

  const secret = fixtures.filter((fixture) => fixture.secrets !== undefined)
  it.runIf(secret.length > 0).each(secret.map((fixture) => [fixture.name, fixture] as const))(
    'finds the secret of %s, and takes it out of the signal',
    (_name, fixture) => {
      for (const fields of readBody(Buffer.from(fixture.body), { dialect: 'auto', ...fixture.read })) {
        expect([...secretsIn(fields, 'auto')].sort()).toEqual([...(fixture.secrets ?? [])].sort())
        const text = JSON.stringify(toSignal(fields, { format: 'auto', ...fixture.signal }))
        for (const value of fixture.secrets ?? []) expect(text).not.toContain(`"${value}"`)
      }
    },
  )
})

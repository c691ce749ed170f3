import { expect, it } from 'vitest'
import { capabilitiesTable } from './capabilities.ts'
import type { Capabilities } from './transport.ts'

const capabilities: Capabilities = {
  wildcards: true,
  groups: 'none',
  ordering: 'topic',
  atLeastOnce: false,
  noResponder: 'best-effort',
  cancellation: false,
  lastWill: true,
  retained: true,
  headers: 'envelope',
  maxPayload: 268_435_455,
}

it('prints one row for each capability', () => {
  expect(capabilitiesTable({ value: capabilities })).toBe(
    [
      '| capability     | value         |',
      '| -------------- | ------------- |',
      '| `wildcards`    | yes           |',
      '| `groups`       | `none`        |',
      '| `ordering`     | `topic`       |',
      '| `atLeastOnce`  | no            |',
      '| `noResponder`  | `best-effort` |',
      '| `cancellation` | no            |',
      '| `lastWill`     | yes           |',
      '| `retained`     | yes           |',
      '| `headers`      | `envelope`    |',
      '| `maxPayload`   | 268,435,455   |',
    ].join('\n'),
  )
})

it('calls a payload of any size unlimited', () => {
  expect(capabilitiesTable({ value: { ...capabilities, maxPayload: Number.MAX_SAFE_INTEGER } })).toMatch(
    /\| no limit +\|/,
  )
  expect(capabilitiesTable({ value: { ...capabilities, maxPayload: Number.POSITIVE_INFINITY } })).toMatch(
    /\| no limit +\|/,
  )
})

it('has a column for each variant', () => {
  const table = capabilitiesTable({ 'MQTT 5': capabilities, 'MQTT 3.1.1': { ...capabilities, groups: 'all' } })
  expect(table).toContain('| capability     | MQTT 5        | MQTT 3.1.1    |')
  expect(table).toContain('| `groups`       | `none`        | `all`         |')
})

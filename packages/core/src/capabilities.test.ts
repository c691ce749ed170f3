import { expect, it } from 'vitest'
import { capabilitiesTable } from './capabilities.ts'
import type { Capabilities } from './transport.ts'

const capabilities: Capabilities = {
  wildcards: true,
  groups: false,
  ordering: 'topic',
  atLeastOnce: false,
  noResponder: 'best-effort',
  lastWill: true,
  retained: true,
  headers: 'envelope',
  maxPayload: 268_435_455,
}

it('prints one row for each capability', () => {
  expect(capabilitiesTable(capabilities)).toBe(
    [
      '| capability    | value         |',
      '| ------------- | ------------- |',
      '| `wildcards`   | yes           |',
      '| `groups`      | no            |',
      '| `ordering`    | `topic`       |',
      '| `atLeastOnce` | no            |',
      '| `noResponder` | `best-effort` |',
      '| `lastWill`    | yes           |',
      '| `retained`    | yes           |',
      '| `headers`     | `envelope`    |',
      '| `maxPayload`  | 268,435,455   |',
    ].join('\n'),
  )
})

it('calls a payload of any size unlimited', () => {
  expect(capabilitiesTable({ ...capabilities, maxPayload: Number.MAX_SAFE_INTEGER })).toMatch(/\| no limit +\|/)
  expect(capabilitiesTable({ ...capabilities, maxPayload: Number.POSITIVE_INFINITY })).toMatch(/\| no limit +\|/)
})

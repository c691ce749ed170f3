import type { Capabilities } from '@botbus/core'
import { expect, it } from 'vitest'
import { ITEMS } from './items.ts'
import { conformanceTable, type Result } from './table.ts'

const capabilities: Capabilities = {
  wildcards: true,
  groups: 'all',
  ordering: 'key',
  atLeastOnce: false,
  noResponder: 'presence',
  cancellation: false,
  lastWill: false,
  retained: false,
  headers: 'native',
  maxPayload: 1_000_000,
}

function result(subject: string, item: Result['item'], state: Result['state'], more: Partial<Result> = {}): Result {
  return { subject, item, state, notes: [], ...more }
}

it('the table has a column for each transport, capabilities, all items, and the skips with their reasons', () => {
  const table = conformanceTable([
    result('b', 1, 'passed', { capabilities }),
    result('b', 1, 'passed'),
    result('a', 1, 'passed', { capabilities: { ...capabilities, maxPayload: Number.MAX_SAFE_INTEGER } }),
    result('a', 1, 'failed'),
    result('a', 2, 'skipped', { reason: 'no network' }),
    result('b', 2, 'skipped', { reason: 'no network' }),
    result('b', 2, 'passed'),
    result('a', 27, 'skipped', { reason: 'no network' }),
    result('b', 28, 'passed', { notes: ['100 connects instead of 1000'] }),
    result('b', 'bridge', 'passed'),
  ])
  const lines = table.split('\n').map((line) => line.split(/ {2,}/))
  expect(lines[0]).toEqual(['conformance', 'a', 'b'])
  expect(lines).toContainEqual(['wildcards', 'yes', 'yes'])
  expect(lines).toContainEqual(['maxPayload', 'no limit', '1,000,000'])
  expect(lines).toContainEqual(['01 echo', '✗', '✓'])
  expect(lines).toContainEqual(['02 many calls in flight', 'skip 1', '✓ skip 1'])
  expect(lines).toContainEqual(['03 own replies only', '-', '-'])
  expect(lines).toContainEqual(['bots, end to end', '-', '✓'])
  expect(lines.slice(-3)).toEqual([
    ['skipped', 'a: no network (02, 27)'],
    ['skipped', 'b: no network (02)'],
    ['note', 'b: 100 connects instead of 1000 (28)'],
  ])
  expect(table).not.toContain('\n\n')
})

it('the table has a row for each of the 28 items, and is empty when no test of the suite ran', () => {
  expect(ITEMS).toHaveLength(28)
  expect(conformanceTable([])).toBe('')
})

import { expect, it } from 'vitest'
import { isoTime } from './time.ts'

it.each([
  [1_671_819_499, '2022-12-23T18:18:19.000Z'],
  [1_795_443_544.64, '2026-11-23T14:19:04.640Z'],
  [1_795_443_544_101, '2026-11-23T14:19:04.101Z'],
  [1_795_443_544_601_957, '2026-11-23T14:19:04.601Z'],
  [1_795_443_544_601_957_000, '2026-11-23T14:19:04.601Z'],
  ['1671819499', '2022-12-23T18:18:19.000Z'],
])('reads %s in its own unit', (timestamp, time) => {
  expect(isoTime(timestamp)).toBe(time)
})

it.each(['-1', -1, 0, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, 'now', {}])(
  'has no time for %s',
  (timestamp) => {
    expect(isoTime(timestamp)).toBe('')
  },
)

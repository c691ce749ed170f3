import { expect, it } from 'vitest'
import { toMilliseconds } from './timestamps.ts'

it.each([
  ['seconds', 1_795_443_544, 1_795_443_544_000],
  ['seconds with a fraction', 1_795_443_544.64, 1_795_443_544_640],
  ['milliseconds', 1_795_443_544_101, 1_795_443_544_101],
  ['microseconds', 1_795_443_544_601_957, 1_795_443_544_601.957],
  ['nanoseconds', 1_795_443_655_268_227_300, 1_795_443_655_268.227_3],
])('reads %s by their size', (_, given, expected) => {
  expect(toMilliseconds(given)).toBeCloseTo(expected, 2)
})

it.each([[-1], [0], [Number.NaN], [Number.POSITIVE_INFINITY], [undefined]])('knows that %s is no time', (given) => {
  expect(toMilliseconds(given)).toBeUndefined()
})

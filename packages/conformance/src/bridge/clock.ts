import { vi } from 'vitest'

/** Runs a function, which must not wait, with `Date.now` ahead by so many seconds. Nothing else sees the other time. */
export function atLaterTime<Result>(seconds: number, run: () => Result): Result {
  const now = Date.now()
  const clock = vi.spyOn(Date, 'now').mockReturnValue(now + seconds * 1_000)
  try {
    return run()
  } finally {
    clock.mockRestore()
  }
}

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { stopSignal } from './signals.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]))
const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never)

beforeEach(() => {
  vi.useFakeTimers()
  exit.mockClear()
})
afterEach(() => {
  vi.useRealTimers()
  for (const signal of SIGNALS) {
    for (const listener of process.listeners(signal)) {
      if (!before.get(signal)?.includes(listener)) process.off(signal, listener)
    }
  }
})

it('takes a signal that is repeated at once for one', async () => {
  const stopped = stopSignal()
  process.emit('SIGINT')
  await stopped
  vi.advanceTimersByTime(500)
  process.emit('SIGINT')
  expect(exit).not.toHaveBeenCalled()
})

it('ends the process with 130 at a later one', async () => {
  const stopped = stopSignal()
  process.emit('SIGTERM')
  await stopped
  vi.advanceTimersByTime(1_000)
  process.emit('SIGINT')
  expect(exit).toHaveBeenCalledExactlyOnceWith(130)
})

/** What one operation costs. */
export interface Cost {
  /** Allocated on the heap, in bytes. */
  readonly bytes: number
  /** CPU time, in microseconds: the least of several rounds. */
  readonly microseconds: number
}

const ROUNDS = 5

/** `operate(n)` does n operations. Bytes need a young generation that holds all of them: see `core.ts`. */
export async function costOf(operate: (count: number) => Promise<void> | void, count: number): Promise<Cost> {
  // Until everything is compiled.
  await operate(5 * count)
  let microseconds = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    await operate(count)
    const { user, system } = process.cpuUsage(before)
    microseconds = Math.min(microseconds, (user + system) / count)
  }
  return { microseconds, bytes: await allocatedBy(operate, Math.ceil(count / 10)) }
}

async function allocatedBy(operate: (count: number) => Promise<void> | void, count: number): Promise<number> {
  if (!globalThis.gc) throw new Error('start with --expose-gc')
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  await operate(count)
  return (process.memoryUsage().heapUsed - before) / count
}

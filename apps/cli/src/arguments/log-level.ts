import { usage } from '../failure.ts'

/** Python's numbers. */
const LEVELS: ReadonlyMap<string, number> = new Map([
  ['DEBUG', 10],
  ['INFO', 20],
  ['WARNING', 30],
  ['WARN', 30],
  ['ERROR', 40],
  ['CRITICAL', 50],
])

/** The number of a level that is given by name, in any case. */
export function readLevel(name: string): number {
  const level = LEVELS.get(name.toUpperCase())
  if (level === undefined) throw usage(`--level must be one of ${[...LEVELS.keys()].join(', ')}, not "${name}"`)
  return level
}

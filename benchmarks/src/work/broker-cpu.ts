import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks per second in /proc: 100 on every Linux that Node runs on. */
const TICKS = 100

/** User and system time in seconds of a process group; `undefined` where /proc does not tell. */
export function cpuSecondsOfGroup(group: number | undefined): number | undefined {
  if (group === undefined || process.platform !== 'linux') return undefined
  let ticks = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const fields = statOf(name)
    if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks / TICKS
}

/** What follows the program's name, which may hold spaces: state, parent, group, ...; 11 and 12 are user and system time. */
function statOf(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    // It has ended since the folder was read.
    return []
  }
}

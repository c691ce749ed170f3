import { readdirSync, readFileSync } from 'node:fs'

/** Resident bytes of a process group; `undefined` where /proc does not tell. What processes share counts for each. */
export function residentBytesOfGroup(group: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  let kilobytes = 0
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && groupOf(name) === group) kilobytes += residentOf(name)
  }
  return kilobytes * 1_024
}

/** Behind the program's name, which may hold spaces: state, parent, group, ... */
function groupOf(pid: string): number {
  const text = read(`/proc/${pid}/stat`)
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[2])
}

function residentOf(pid: string): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process has ended since the folder was read.
    return ''
  }
}

import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Samples } from '../peer/samples.ts'

/** ms. */
export interface DiskTimes {
  readonly p50: number
  readonly p99: number
}

const WRITES = 200
const PAGE = Buffer.alloc(4_096, 1)

/** What one page costs until it is on the disk, where the server's database is: an acknowledgement waits for at least one. */
export function measureDisk(): DiskTimes {
  const folder = mkdtempSync(join(tmpdir(), 'botbus-bench-'))
  const file = openSync(join(folder, 'pages'), 'w')
  const samples = new Samples()
  try {
    for (let write = 0; write < WRITES; write++) {
      const begin = performance.now()
      writeSync(file, PAGE)
      fsyncSync(file)
      samples.add(performance.now() - begin)
    }
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
  const { p50, p99 } = samples.summary()
  return { p50, p99 }
}

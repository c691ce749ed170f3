import { concurrent, reliability, sequential } from './rpc.ts'
import type { Work } from './work.ts'

/** In the order in which they are done. */
export const WORKS: readonly Work[] = [reliability, sequential, concurrent]

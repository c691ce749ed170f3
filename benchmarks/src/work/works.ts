import { growth } from './growth.ts'
import { memory } from './memory.ts'
import { concurrent, reliability, sequential } from './rpc.ts'
import { start } from './start.ts'
import { fanin, pubsub } from './stream.ts'
import type { Work } from './work.ts'

/** In the order in which they are done: those that share their processes stand together, and what must hold comes first. */
export const WORKS: readonly Work[] = [reliability, sequential, concurrent, start, pubsub, fanin, memory, growth]

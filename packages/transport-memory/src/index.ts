export { type MemoryOptions, memory } from './memory.ts'
export { MemoryBroker } from './broker.ts'

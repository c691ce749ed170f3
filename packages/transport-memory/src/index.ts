export { MemoryBroker } from './broker.ts'
export { type MemoryOptions, memory } from './memory.ts'

export type { BrokerWishes, ConformanceBroker, ConformanceSubject, ConformanceTarget } from './subject.ts'
export { testTransport } from './test-transport.ts'

export { startTcpProxy, type TcpProxy } from './faults/tcp-proxy.ts'
export type { BrokerWishes, ConformanceBroker, ConformanceSubject, ConformanceTarget } from './subject.ts'
export { testBridge } from './test-bridge.ts'
export { testTransport } from './test-transport.ts'

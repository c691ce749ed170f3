export { type EmbeddedBroker, type EmbeddedBrokerOptions, startEmbeddedBroker } from './embedded-broker.ts'
export type { PluginStatus } from './host/plugin-host.ts'
export { type Server, type ServerOptions, startServer } from './server.ts'

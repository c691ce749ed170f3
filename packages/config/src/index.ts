export { type BrokerAddress, brokerAddress, withBrokerAddress } from './broker-address.ts'
export { assertNoPassword, withoutCredentials } from './broker-url.ts'
export { type LoadOptions, loadConfig } from './load-config.ts'
export { checkBrokerOptions, type OpenBusOptions, openBus } from './open-bus.ts'
export type { LastWill } from './transports.ts'
export type {
  BotbusConfig,
  BrokerConfig,
  BrokerTls,
  ConfigInput,
  HttpConfig,
  HttpTls,
  PluginEntry,
  StoreConfig,
} from './types.ts'

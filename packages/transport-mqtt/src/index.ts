export { mqtt } from './mqtt.ts'
export type { LastWill, MqttOptions, TlsOptions } from './options.ts'

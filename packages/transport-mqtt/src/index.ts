export type { TlsOptions } from '@botbus/core/transport-kit'
export { mqtt } from './mqtt.ts'
export type { LastWill, MqttOptions } from './options.ts'

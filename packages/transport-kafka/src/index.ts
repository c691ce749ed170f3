export type { TlsOptions } from '@botbus/core/transport-kit'
export { kafka } from './kafka.ts'
export type { KafkaOptions, Retention, SaslMechanism } from './options.ts'

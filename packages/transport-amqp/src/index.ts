export type { TlsOptions } from '@botbus/core/transport-kit'
export { amqp } from './amqp.ts'
export type { AmqpOptions } from './options.ts'

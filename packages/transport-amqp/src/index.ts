export { amqp } from './amqp.ts'
export type { AmqpOptions } from './options.ts'

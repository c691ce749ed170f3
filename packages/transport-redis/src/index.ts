export type { TlsOptions } from '@botbus/core/transport-kit'
export type { RedisOptions, SentinelOptions } from './options.ts'
export { redis } from './redis.ts'

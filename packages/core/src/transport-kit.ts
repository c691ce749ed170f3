/* What transports are built of, beside the `Transport` interface itself: published as `@botbus/core/transport-kit`. */

export { Backoff } from './transport-kit/backoff.ts'
export { botPrefix } from './transport-kit/bot-prefix.ts'
export { assertNoPath, type BrokerUrl, parseBrokerUrl, type Schemes, showEndpoint } from './transport-kit/broker-url.ts'
export { toBuffer } from './transport-kit/bytes.ts'
export { coalesceWrites } from './transport-kit/coalesce-writes.ts'
export {
  credentialsRefused,
  nativeCode,
  type Remote,
  toLostError,
  toSocketError,
} from './transport-kit/connect-errors.ts'
export { LinkKeeper, type LinkKeeperOptions, type Session } from './transport-kit/link-keeper.ts'
export { OptionChecks } from './transport-kit/option-checks.ts'
export { withOutcome } from './transport-kit/outcome.ts'
export { type Endpoint, openSocket, tlsConnectionOptions } from './transport-kit/socket.ts'
export {
  type RefusedSubscription,
  SubscriptionTable,
  type TableEntry,
  type TableOperations,
} from './transport-kit/subscription-table.ts'
export { checkTls, type TlsOptions, warnIfInsecure } from './transport-kit/tls.ts'

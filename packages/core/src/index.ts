export type { AtLeastOnceOptions, DeadLetter } from './at-least-once.ts'
export { type Bus, connectBus } from './bus.ts'
export type { BusOptions, CloseOptions } from './bus-options.ts'
export { type CallOptions, DEFAULT_TIMEOUT } from './calls.ts'
export { capabilitiesTable } from './capabilities.ts'
export { type CodecLimits, DEFAULT_LIMITS, decodeJson, encodeJson } from './codec.ts'
export {
  type ChannelContract,
  defineChannel,
  defineRpc,
  type Input,
  type Output,
  type RpcContract,
  type Schema,
} from './contract.ts'
export {
  BotbusError,
  type BotbusErrorOptions,
  ERROR_CODES,
  type ErrorCode,
  messageOf,
  type Outcome,
  type RemoteFailure,
  toBotbusError,
} from './errors.ts'
export type { BusEvent, BusHooks, DropReason } from './hooks.ts'
export type { MessageStream } from './message-stream.ts'
export type { RequestHandler } from './procedure.ts'
export type { ReplyRule } from './reply-rule.ts'
export { DeclaredError, type RequestContext } from './request-context.ts'
export type { ServeOptions, Service } from './service.ts'
export type { ListenOptions, Message, MessageListener, Subscription, SubscriptionOptions } from './subscription.ts'
export {
  assertPattern,
  assertTopic,
  extractParameters,
  fillTemplate,
  isPattern,
  MAX_TOPIC_BYTES,
  matches,
  type TopicParameters,
} from './topics.ts'
export type {
  Capabilities,
  Delivery,
  DeliveryListener,
  Headers,
  IncomingReply,
  IncomingRequest,
  OutgoingReply,
  OutgoingRequest,
  SubscribeOptions,
  Transport,
  TransportEvents,
  TransportPublishOptions,
  TransportState,
  TransportSubscribeOptions,
  Unsubscribe,
} from './transport.ts'

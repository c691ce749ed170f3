import type { CommandName } from '@botbus/bridge'
import type { JsonObject, JsonValue } from '@botbus/plugin'

/** One thing to send because of an alert; the payload of an execution in the store. */
export type Delivery =
  /** `{namespace}/{bot}/external/event/{name}`, name `order.market`. */
  | {
      readonly kind: 'event'
      readonly bot: string
      readonly name: string
      readonly data: JsonObject
      readonly type?: string
      /** Milliseconds since 1970. Default: when it is sent. */
      readonly timestamp?: number
      /** Default: counts up for each bot. */
      readonly sequence?: number
    }
  /** A call of the bot. */
  | { readonly kind: 'command'; readonly bot: string; readonly command: CommandName; readonly arguments: JsonObject }
  /** A message on any topic. */
  | { readonly kind: 'publish'; readonly topic: string; readonly message: JsonValue }

/** What the rules of a route make of a signal. Made once, stored with the alert, never made again. */
export type Plan =
  | { readonly kind: 'deliver'; readonly rule: string; readonly deliveries: readonly Delivery[] }
  | { readonly kind: 'ignore'; readonly rule?: string; readonly reason: string }

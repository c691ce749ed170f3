import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'

/** A scope of fastify whose routes take zod schemas, which also make the OpenAPI document. */
export type HttpScope = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** What a caller must hold: a session has all of them, an API token those it was made with. */
export type RouteScope = 'read' | 'operate' | 'config' | 'admin'

/** Where a plugin adds its routes, during `setup` only. Paths are relative to the prefix. */
export interface Http {
  /**
   * `/webhooks/{plugin}`: for other machines that cannot log in. The server limits size and rate; the plugin itself
   * checks who sends. Bodies reach the handler as a `Buffer`, whatever their content type.
   */
  readonly webhooks: HttpScope
  /**
   * `/api/{plugin}`: behind the login of the server. GET needs the scope `read`, anything else `operate`, or what the route's
   * `config.scope` names.
   */
  readonly api: HttpScope
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the caller must hold. Default: `read` for GET and HEAD, else `operate`. */
    scope?: RouteScope
    /**
     * The route touches only bots of `request.selector`. Without it, a token that is limited to some bots is refused here.
     */
    honoursSelector?: boolean
    /** Never refused for its rate: for what stops bots. */
    unlimited?: boolean
  }
  interface FastifyRequest {
    /** Who was authenticated, for the audit log: `user:ada`, `token:ci`; `local` where no login is needed. */
    actor: string
    /** The bots that the caller may touch, where it is limited to some: `mm-*`. Its routes set `config.honoursSelector`. */
    selector: string | undefined
  }
}

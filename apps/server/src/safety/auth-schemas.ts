import type { RouteScope } from '@botbus/plugin'
import type { Token, User } from '@botbus/store'
import { z } from 'zod'
import { MAX_PASSWORD, MIN_PASSWORD } from './limits.ts'
import { SCOPES } from './scopes.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/
const TEN_YEARS = 10 * 366 * 24 * 60 * 60

export const name: z.ZodString = z
  .string()
  .regex(NAME, 'letters, digits and ". _ @ -", at most 64, beginning with a letter or digit')
export const newPassword: z.ZodString = z.string().min(MIN_PASSWORD).max(MAX_PASSWORD)
/** One that exists: shorter ones are wrong, not malformed. */
export const password: z.ZodString = z.string().max(MAX_PASSWORD)
export const scopes: z.ZodType<RouteScope[]> = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length)
export const id: z.ZodString = z.string().min(1).max(100)
export const nothing: z.ZodType<undefined> = z.undefined()

/** What is shown of a user. */
export type UserView = Omit<User, 'passwordHash'>

export const user: z.ZodType<UserView> = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.number(),
})

/** Without the hash. */
export function viewOf({ id, name, scopes, createdAt }: User): UserView {
  return { id, name, scopes, createdAt }
}

const tokenFields = {
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  selector: z.string().optional(),
  createdAt: z.number(),
  expiresAt: z.number().optional(),
  lastUsedAt: z.number().optional(),
}

type Loose<Value> = { readonly [Key in keyof Value]: Value[Key] | (undefined extends Value[Key] ? undefined : never) }

/** What is shown of a token. */
export type TokenView = Loose<Omit<Token, 'tokenHash'>>

export const token: z.ZodType<TokenView> = z.object(tokenFields)
export const tokenWithText: z.ZodType<TokenView & { readonly token: string }> = z.object({
  ...tokenFields,
  token: z.string(),
})

export interface NewTokenBody {
  readonly name: string
  readonly scopes: RouteScope[]
  readonly selector?: string | undefined
  readonly expiresIn?: number | undefined
}

export const newToken: z.ZodType<NewTokenBody> = z
  .strictObject({
    name,
    scopes,
    selector: z
      .string()
      .min(1)
      .max(1_000)
      .regex(/^[ -~]+$/, 'printable ASCII')
      .optional()
      .describe('The bots that it may touch: `mm-*`. Default: all'),
    expiresIn: z.number().int().min(1).max(TEN_YEARS).optional().describe('Seconds. Default: it does not expire'),
  })
  .refine(({ scopes: given, selector }) => selector === undefined || !given.includes('admin'), {
    message: 'a token with the scope admin cannot be limited to some bots',
    path: ['selector'],
  })

export interface SessionView {
  readonly authenticated: boolean
  readonly actor?: string | undefined
  readonly scopes: RouteScope[]
  readonly selector?: string | undefined
  readonly setup: boolean
}

export const session: z.ZodType<SessionView> = z.object({
  authenticated: z.boolean(),
  actor: z.string().optional().describe('`local` where no login is needed yet'),
  scopes: z.array(z.enum(SCOPES)),
  selector: z.string().optional(),
  setup: z.boolean().describe('Whether there is no user yet'),
})

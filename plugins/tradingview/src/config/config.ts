import { z } from 'zod'
import { checkConfig } from './cross-checks.ts'
import { route } from './route.ts'
import { named, section } from './section.ts'
import { botGlob } from './selector.ts'

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/i

const checked = section({
  groups: named(
    'names of groups: letters, digits, "_" and "-"',
    NAME,
    z.array(botGlob, { error: 'accepted: a list of bot ids and globs' }).min(1).max(1_000),
  ).default({}),
  routes: named('names of routes: letters, digits, "_" and "-"', NAME, route).default({}),
}).check((context) => {
  for (const { path, message } of checkConfig(context.value)) {
    context.issues.push({ code: 'custom', message, input: undefined, path: [...path] })
  }
})

export type TradingviewConfig = z.output<typeof checked>
export type RouteConfig = TradingviewConfig['routes'][string]

/**
 * The section `plugins.tradingview` of the configuration. All its issues are of the kind `custom`: their messages say themselves what is
 * accepted, and are to be shown as they are. None of them repeats a secret.
 */
export const tradingviewConfig = z.unknown().transform((given, context): TradingviewConfig => {
  const result = checked.safeParse(given)
  if (result.success) return result.data
  for (const { message, path } of result.error.issues) {
    context.issues.push({ code: 'custom', message, path: [...path], input: undefined })
  }
  return z.NEVER
})

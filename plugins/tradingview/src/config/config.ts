import { z } from 'zod'
import { checkConfig } from './cross-checks.ts'
import { route } from './route.ts'
import { named, section } from './section.ts'
import { botGlob } from './selector.ts'

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/i

/** The section `plugins.tradingview` of the configuration. */
export const tradingviewConfig = section({
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

export type TradingviewConfig = z.output<typeof tradingviewConfig>
export type RouteConfig = TradingviewConfig['routes'][string]

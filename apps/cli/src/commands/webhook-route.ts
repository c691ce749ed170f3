import type { BotbusConfig } from '@botbus/config'
import type { RouteConfig, TradingviewConfig } from '@botbus/plugin-tradingview'
import { EXIT } from '../exit-codes.ts'
import { Failure, usage } from '../failure.ts'

/** A route of the TradingView plugin, as the configuration has it. */
export interface ConfiguredRoute {
  readonly name: string
  readonly route: RouteConfig
  readonly plugin: TradingviewConfig
  /** Where relative paths of the section start. */
  readonly folder: string
}

const NAMES = ['tradingview', '@botbus/plugin-tradingview']

/** What `npm start` runs where the configuration names no plugin. */
const DEMO = {
  key: 'tradingview',
  folder: '.',
  section: {
    routes: {
      demo: {
        secrets: [{ env: 'BOTBUS_DEMO_SECRET' }],
        bot: 'alpha',
        rules: [{ name: 'orders', do: [{ preset: 'order.market' }] }],
      },
    },
  },
}

/** Rejects with exit code 2 for a route that is not there, and 4 for a section that the plugin refuses. */
export async function readRoute(name: string, config: BotbusConfig): Promise<ConfiguredRoute> {
  const entry =
    config.plugins.find(({ module }) => NAMES.includes(module)) ?? (config.plugins.length === 0 ? DEMO : undefined)
  const file =
    config.plugins.length === 0
      ? 'the demo of npm start (the configuration names no plugin)'
      : (config.file ?? 'the configuration')
  if (!entry) throw new Failure(EXIT.notFound, `${file} has no section plugins.tradingview`)
  const { tradingviewConfig } = await import('@botbus/plugin-tradingview')
  const result = tradingviewConfig.safeParse(entry.section)
  if (!result.success) {
    const lines = result.error.issues.map(
      ({ path, message }) => `  plugins.${[entry.key, ...path].join('.')}: ${message}`,
    )
    throw usage(`${file} cannot be used:\n${lines.join('\n')}`)
  }
  const { routes } = result.data
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined
  if (route) return { name, route, plugin: result.data, folder: entry.folder }
  const known = Object.keys(routes)
  throw new Failure(
    EXIT.notFound,
    `${file} has no route "${name}"; there ${known.length === 0 ? 'is none' : `are: ${known.join(', ')}`}`,
  )
}

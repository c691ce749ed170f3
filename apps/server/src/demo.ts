import type { BotbusConfig, PluginEntry } from '@botbus/config'

/** TradingView alerts for the bot alpha. The secret is in the environment: `npm start` makes one up. */
const DEMO: Omit<PluginEntry, 'folder'> = {
  key: 'tradingview',
  module: 'tradingview',
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

/** The demo route, where the configuration names no plugin. */
export function withDemo(config: BotbusConfig, folder: string = process.cwd()): BotbusConfig {
  return config.plugins.length > 0 ? config : { ...config, plugins: [{ ...DEMO, folder }] }
}

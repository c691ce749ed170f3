import { definePlugin, type Plugin } from '@botbus/plugin'
import { addApi } from './api/api.ts'
import { tradingviewConfig } from './config/config.ts'
import { openSecrets } from './config/secrets.ts'
import { Dispatcher } from './deliver/dispatcher.ts'
import { Acceptor } from './receive/acceptor.ts'
import { addWebhook } from './receive/http.ts'
import { Letters } from './receive/letters.ts'
import { LiveRoute } from './receive/live-route.ts'
import { Receiver } from './receive/receiver.ts'
import { Silence } from './silence.ts'

/** Takes alerts of TradingView by HTTP and turns them into events, commands and messages for bots. */
const tradingview: Plugin<typeof tradingviewConfig> = definePlugin({
  name: 'tradingview',
  config: tradingviewConfig,
  async setup(context) {
    const { config, store, log, http, folder } = context
    // First of all: a weak or missing secret keeps the plugin from starting.
    const opened = Object.entries(config.routes).map(
      ([name, route]) => [name, route, openSecrets(route, { route: name, folder })] as const,
    )
    const dispatcher = new Dispatcher(context)
    const { telemetry } = dispatcher
    const routes = new Map<string, LiveRoute>()
    for (const [name, route, secrets] of opened) {
      const limit = route.enabled && route.silence !== undefined ? route.silence * 1_000 : undefined
      const silence = limit === undefined ? undefined : new Silence(name, limit, log, telemetry)
      routes.set(name, new LiveRoute(name, route, secrets, silence))
    }
    const { bots, namespace } = context
    const planContext = { bots, namespace, groups: config.groups }
    const letters = new Letters(store, log, telemetry)
    const acceptor = new Acceptor(store, dispatcher, log)
    const receiver = new Receiver({ acceptor, letters, telemetry, context: planContext })
    const closing = new AbortController()
    addWebhook(http.webhooks, { routes, receiver, telemetry, closing: closing.signal })
    addApi(http.api, { routes, store, acceptor, context: planContext })
    const left = await dispatcher.open((name) => routes.get(name)?.config.unavailable ?? 'hold')
    if (left > 0) log.info('deliveries of an earlier run go on', { deliveries: left })
    return {
      async stop() {
        closing.abort()
        for (const { silence } of routes.values()) silence?.close()
        await dispatcher.close()
      },
    }
  },
})

export default tradingview

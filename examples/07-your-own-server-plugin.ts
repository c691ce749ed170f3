/*
 * Your own server plugin: tells when a bot is not well, and lists how all are. The server loads it when its configuration names it:
 *
 *   plugins:
 *     ./examples/07-your-own-server-plugin.ts: { topic: alarms/bots }
 */
import { definePlugin, z } from '@botbus/plugin'

export default definePlugin({
  name: 'watchdog',
  config: z.strictObject({ topic: z.string().min(1).default('alarms/bots') }),

  setup({ bots, bus, config, http, log, metrics }) {
    const alarms = metrics.counter({ name: 'alarms_total', help: 'Bots that were not well.', labels: ['health'] })

    // On every change of health: what is not good is told on a topic, whatever broker carries it.
    const stop = bots.onChange(async ({ id, health }) => {
      if (health === 'online') return
      alarms.inc({ health })
      try {
        await bus.publish(config.topic, { bot: id, health })
      } catch (error) {
        log.error('an alarm was not sent', { bot: id, error })
      }
    })

    // GET /api/watchdog/bots, behind the login of the server, and in its OpenAPI document.
    const answer = z.array(z.object({ id: z.string(), health: z.string() }))
    http.api.get('/bots', { schema: { response: { 200: answer } } }, () =>
      bots.bots.map(({ id, health }) => ({ id, health })),
    )
    return { stop }
  },
})

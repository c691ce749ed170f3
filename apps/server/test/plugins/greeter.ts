import { definePlugin } from '@botbus/plugin'
import { z } from 'zod'

export default definePlugin({
  name: 'greeter',
  config: z.object({
    greeting: z.string(),
    password: z.number().optional(),
    color: z.enum(['red', 'green']).optional(),
  }),
  async setup({ bus, config, http, metrics }) {
    const greetings = metrics.counter({ name: 'greetings_total', help: 'Greetings.' })
    const end = Promise.withResolvers<void>()
    let waiting = 0
    const schema = { response: { 200: z.object({ greeting: z.string() }) } }
    http.api.get('/greeting', { schema }, () => {
      greetings.inc()
      return { greeting: config.greeting }
    })
    http.api.get('/waiting', () => ({ waiting }))
    http.api.get('/slow', async () => {
      waiting++
      await end.promise
      return { waited: true }
    })
    http.api.get('/forget', () => {
      void Promise.reject(new Error('forgotten by greeter'))
      return {}
    })
    http.webhooks.post('/bytes', (request) => ({ bytes: (request.body as Buffer).length }))
    await bus.subscribe('test/release', () => end.resolve())
  },
})

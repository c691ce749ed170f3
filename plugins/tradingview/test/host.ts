import { type BotDirectory, discoverBots } from '@botbus/bridge'
import { type Bus, connectBus } from '@botbus/core'
import { MemoryBroker, memory } from '@botbus/memory'
import type { DeadLetter, Http, HttpScope, JsonObject, PluginContext, RunningPlugin } from '@botbus/plugin'
import { openStore, type Store } from '@botbus/store'
import fastify, { type FastifyServerOptions } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { TradingviewConfig } from '../src/config/config.ts'
import plugin from '../src/index.ts'
import { recordLog, recordMetrics } from './recorders.ts'

export const SECRET = 'kG7w-2mQp-Z9xR-4tVb'

export interface HostOptions {
  readonly config: object
  /** Default: one in memory, closed with the host. */
  readonly store?: Store
  readonly storeOptions?: Parameters<typeof openStore>[1]
  readonly bus?: Bus
  readonly broker?: MemoryBroker
  readonly server?: FastifyServerOptions
}

/** A route with the secret, for the bot alpha. */
export function route(more: object = {}): object {
  return { secrets: [SECRET], bot: 'alpha', rules: [{ do: [{ preset: 'order.market' }] }], ...more }
}

/** What a plugin gets from the server, around the plugin: a store, a bus and HTTP that are the real ones. */
export class TestHost implements AsyncDisposable {
  readonly app: HttpScope
  readonly #api: HttpScope
  readonly bus: Bus
  readonly store: Store
  readonly log = recordLog()
  readonly metrics = recordMetrics()
  readonly #end = new AbortController()
  readonly #directory: BotDirectory
  #running: RunningPlugin | undefined
  readonly #ownStore: boolean

  static async start(options: HostOptions): Promise<TestHost> {
    const bus = options.bus ?? (await connectBus(memory({ broker: options.broker ?? new MemoryBroker() })))
    const store = options.store ?? (await openStore('sqlite::memory:', options.storeOptions))
    const directory = await discoverBots(bus)
    const host = new TestHost(bus, store, directory, options)
    await host.#setup(plugin.config.parse(options.config))
    return host
  }

  private constructor(bus: Bus, store: Store, directory: BotDirectory, options: HostOptions) {
    this.bus = bus
    this.store = store
    this.#directory = directory
    this.#ownStore = options.store === undefined
    this.app = createApp(options.server)
    this.#api = createApp(options.server)
  }

  /** Posts a body; a text goes as it is, and whatever it is, as `text/plain`. */
  async post(name: string, body: object | string | Buffer, headers: Record<string, string> = {}): Promise<Posted> {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
    const response = await this.app.inject({
      method: 'POST',
      url: `/webhooks/tradingview/${name}`,
      headers: { 'content-type': 'text/plain', ...headers },
      payload: isRaw ? body : JSON.stringify(body),
    })
    return { status: response.statusCode, body: response.json() }
  }

  async api(method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object): Promise<Posted> {
    const url = `/api/tradingview${path}`
    const response = await this.#api.inject({ method, url, ...(payload === undefined ? {} : { payload }) })
    return { status: response.statusCode, body: response.body === '' ? {} : response.json() }
  }

  deadLetters(): Promise<readonly DeadLetter[]> {
    return this.store.forPlugin('tradingview').deadLetters.list()
  }

  /** Makes a bot appear. */
  async heard(bot: string): Promise<void> {
    await this.bus.publish(`hbot/${bot}/hb`, {})
  }

  /** As the server stops a plugin. */
  async stop(): Promise<void> {
    await this.#running?.stop?.()
    this.#running = undefined
    this.#end.abort()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await Promise.all([this.app.close(), this.#api.close()])
    await this.#directory.close()
    await this.bus.close()
    if (this.#ownStore) await this.store.close()
  }

  async #setup(config: TradingviewConfig): Promise<void> {
    const complete = Promise.withResolvers<void>()
    const [webhooks, api] = await Promise.all([
      openScope(this.app, '/webhooks/tradingview', complete.promise),
      openScope(this.#api, '/api/tradingview', complete.promise),
    ])
    const http: Http = { webhooks: webhooks.scope, api: api.scope }
    http.webhooks.removeAllContentTypeParsers()
    http.webhooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    http.api.decorateRequest('actor', 'user:test')
    // The server puts one form on all errors.
    http.api.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) =>
      reply.code(error.statusCode ?? 500).send({ error: { code: 'INVALID_ARGUMENT', message: error.message } }),
    )
    const context: PluginContext<TradingviewConfig> = {
      config,
      http,
      bus: this.bus,
      bots: this.#directory,
      store: this.store.forPlugin('tradingview'),
      log: this.log.log,
      metrics: this.metrics.metrics,
      signal: this.#end.signal,
      namespace: 'hbot',
      folder: '.',
    }
    this.#running = (await plugin.setup(context)) ?? undefined
    complete.resolve()
    await Promise.all([webhooks.ready, api.ready])
  }
}

export interface Posted {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back.
  readonly body: any
}

function createApp(options: FastifyServerOptions = {}): HttpScope {
  const app = fastify(options).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  return app
}

interface OpenScope {
  readonly scope: HttpScope
  readonly ready: Promise<unknown>
}

/** A scope that takes routes until `complete` resolves, as those of the server do. */
async function openScope(app: HttpScope, prefix: string, complete: Promise<void>): Promise<OpenScope> {
  // In an object: the scope itself would be taken for a promise.
  const opened = Promise.withResolvers<Pick<OpenScope, 'scope'>>()
  app.register(
    async (scope: HttpScope) => {
      opened.resolve({ scope })
      await complete
    },
    { prefix },
  )
  const ready = Promise.resolve(app.ready())
  ready.catch(opened.reject)
  return { ...(await opened.promise), ready }
}

export function eventsOf(host: TestHost, bot: string): Promise<JsonObject[]> {
  const events: JsonObject[] = []
  return host.bus
    .subscribe(`hbot/${bot}/external/event/#`, ({ topic, data }) => {
      events.push({ topic, ...(data as JsonObject) })
    })
    .then(() => events)
}

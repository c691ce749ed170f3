import { discoverBots } from '@botbus/bridge'
import { type BotbusConfig, type BrokerConfig, openBus } from '@botbus/config'
import type { Log, Metrics } from '@botbus/plugin'
import type { Store } from '@botbus/store'
import type { Logger } from 'pino'
import { countBusEvents } from './bus-metrics.ts'
import { Closing } from './closing.ts'
import { type EmbeddedBroker, startEmbeddedBroker } from './embedded-broker.ts'
import { PluginHost, type PluginStatus } from './host/plugin-host.ts'
import { Front } from './http/front.ts'
import { listen } from './http/listen.ts'
import { createOwnApp } from './http/own-app.ts'
import { createLogger, partLog } from './log.ts'
import { createRegistry, scopeMetrics } from './metrics.ts'
import { openConfiguredStore } from './open-store.ts'
import { readinessOf } from './readiness.ts'
import { reloader } from './reload.ts'
import { createSafety } from './safety/create-safety.ts'

export interface ServerOptions {
  readonly logger?: Logger
  /** Gives up starting. */
  readonly signal?: AbortSignal
  /** ms that a plugin may take to start, and to stop; also for requests in flight when the server closes. Default 10,000. */
  readonly timeLimit?: number
  /** Default: the one that the configuration names, opened and closed by the server. */
  readonly store?: Store
}

export interface Server {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  /** Of the embedded broker, where it runs. */
  readonly brokerUrl: string | undefined
  /** Makes the first user; undefined once there is one. */
  readonly setupToken: string | undefined
  readonly plugins: readonly PluginStatus[]
  /** Takes what is new of a whole configuration. Rejects, with nothing changed, when a plugin refuses its section. */
  reload(config: BotbusConfig): Promise<void>
  /** Requests in flight end, plugins stop in reverse order, then bus, store and broker close. Idempotent. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts the server. Rejects with `INVALID_ARGUMENT` for a configuration, port or certificate that cannot be used, and leaves nothing
 * open then. A plugin that fails to start is named in `plugins` and at `/ready`; the others run. While it runs, unhandled rejections
 * of this process are logged and counted, and do not end it.
 */
export async function startServer(config: BotbusConfig, options: ServerOptions = {}): Promise<Server> {
  const { logger = createLogger(), timeLimit = 10_000, signal } = options
  const closing = new Closing((error) => logger.error({ err: error }, 'a part did not close'))
  try {
    return await open(config, { logger, timeLimit, closing, store: options.store, signal })
  } catch (error) {
    await closing.close()
    throw error
  }
}

interface Opening {
  readonly logger: Logger
  readonly timeLimit: number
  readonly closing: Closing
  readonly store: Store | undefined
  readonly signal: AbortSignal | undefined
}

async function open(config: BotbusConfig, { logger, timeLimit, closing, ...options }: Opening): Promise<Server> {
  const log = partLog(logger, { part: 'server' })
  const registry = createRegistry()
  const metrics = scopeMetrics(registry, 'botbus_')
  countUnhandled(metrics, log, closing)
  const { broker, embedded } = await openBroker(config, log, closing)
  const namespace = config.bridge.namespace
  const bus = await openBus(broker, {
    namespaces: [namespace],
    hooks: countBusEvents(metrics),
    waitForBroker: true,
    onAttempt: (error, delay) => log.warn(`waiting for the broker: ${error.message}`, { delay }),
    ...(config.replyPrefixes ? { replyPrefixes: config.replyPrefixes } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  })
  closing.add(() => bus.close())
  const store = options.store ?? (await openConfiguredStore(config.store, (err) => log.error('the store', { err })))
  if (!options.store) closing.add(() => store.close())
  const bots = await discoverBots(bus, { namespace })
  closing.add(() => bots.close())

  const safety = await createSafety({ http: config.http, accounts: store.accounts, audit: store.audit, log, metrics })
  const answers = metrics.counter({
    name: 'http_requests_total',
    help: 'Requests that were answered.',
    labels: ['route', 'method', 'status'],
  })
  const onAnswer = (route: string, method: string, status: number): void =>
    answers.inc({ route, method, status: String(status) })
  const shared = { log: logger, safety, behindProxy: config.http.behindProxy, onAnswer }
  const own = await createOwnApp({
    ...shared,
    registry,
    readiness: () => readinessOf(bus, store, host.status),
    documents: () => host.documents(),
  })
  closing.add(() => own.close())
  const front = new Front(
    (request, response) => own.routing(request, response),
    (method) => onAnswer('unavailable', method, 503),
  )
  const running = metrics.gauge({ name: 'plugin_running', help: '1 for a plugin that runs.', labels: ['plugin'] })
  const onState = (plugin: string, state: string): void => running.set(state === 'running' ? 1 : 0, { plugin })
  const plugins = { ...shared, front }
  const host = new PluginHost({ bus, bots, store, logger, registry, namespace, timeLimit, onState, http: plugins })
  closing.add(() => host.stop())
  const http = await listen(config.http, front.handle, (reason) => safety.countRefused(reason))
  closing.add(async () => {
    const ended = http.stop()
    const late = setTimeout(() => http.cut(), timeLimit)
    await front.drain()
    http.cutIdle()
    await ended
    clearTimeout(late)
  })
  await host.start(config.plugins)
  return {
    url: http.url,
    brokerUrl: embedded?.url,
    setupToken: safety.setupToken,
    get plugins() {
      return host.status
    },
    reload: reloader(config, host, log),
    close: () => closing.close(),
    [Symbol.asyncDispose]: () => closing.close(),
  }
}

async function openBroker(
  config: BotbusConfig,
  log: Log,
  closing: Closing,
): Promise<{ broker: BrokerConfig; embedded?: EmbeddedBroker }> {
  if (!config.broker.url.startsWith('embedded:')) return { broker: config.broker }
  const port = Number(config.broker.url.slice('embedded:'.length))
  const onClientError = (error: Error, client: string): void =>
    log.warn('cut a client of the broker', { client: client.slice(0, 100), reason: error.message })
  const embedded = await startEmbeddedBroker({ port, onClientError })
  closing.add(() => embedded.close())
  return { broker: { ...config.broker, url: embedded.url }, embedded }
}

/** A promise that a plugin forgot to handle must not end the others. */
function countUnhandled(metrics: Metrics, log: Log, closing: Closing): void {
  const counter = metrics.counter({
    name: 'unhandled_rejections_total',
    help: 'Promises that were rejected, and that nobody handled.',
  })
  const note = (err: unknown): void => {
    counter.inc()
    log.error('a promise was rejected, and nobody handled it', { err })
  }
  process.on('unhandledRejection', note)
  closing.add(async () => void process.off('unhandledRejection', note))
}
